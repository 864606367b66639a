"""Element-wise non-linearities, and softmax. None has parameters; each states its derivative by its own output."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.base import Layer, Workspace


@dataclass(frozen=True)
class ReLU(Layer):
    """y = max(0, x)    dx = dy where y > 0, else 0.  Any shape. The derivative at the kink is taken as 0."""

    kind: ClassVar[str] = "relu"
    title: ClassVar[str] = "ReLU"

    def forward(self, x: Array, work: Workspace) -> Array:
        """max(0, x)."""
        # Against an array of zeros NumPy's SIMD loop runs; against the scalar 0 it is 2.7 times slower.
        return np.maximum(x, work.like("zeros", x, fill=0.0), out=work.like("y", x))

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy where the unit was active."""
        active = np.greater(work.y, 0, out=work.like("active", work.y, np.bool_))
        return np.multiply(dy, active, out=work.like("dx", work.y))


def sigmoid(z: Array, out: Array) -> Array:
    """1 / (1 + exp(-z)), computed as tanh(z / 2) / 2 + 1 / 2: never overflows, and faster than exp and divide."""
    np.multiply(z, 0.5, out=out)
    np.tanh(out, out=out)
    np.multiply(out, 0.5, out=out)
    return np.add(out, 0.5, out=out)


@dataclass(frozen=True)
class Sigmoid(Layer):
    """y = 1 / (1 + exp(-x))    dx = dy y (1 - y).  Any shape."""

    kind: ClassVar[str] = "sigmoid"
    title: ClassVar[str] = "Sigmoid"

    def forward(self, x: Array, work: Workspace) -> Array:
        """1 / (1 + exp(-x))."""
        return sigmoid(x, out=work.like("y", x))

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy y (1 - y)."""
        dx = np.subtract(1, work.y, out=work.like("dx", work.y))
        np.multiply(dx, work.y, out=dx)
        return np.multiply(dx, dy, out=dx)


@dataclass(frozen=True)
class Tanh(Layer):
    """y = tanh(x)    dx = dy (1 - y^2).  Any shape."""

    kind: ClassVar[str] = "tanh"
    title: ClassVar[str] = "Tanh"

    def forward(self, x: Array, work: Workspace) -> Array:
        """tanh(x)."""
        return np.tanh(x, out=work.like("y", x))

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy (1 - y^2)."""
        dx = np.multiply(work.y, work.y, out=work.like("dx", work.y))
        np.subtract(1, dx, out=dx)
        return np.multiply(dx, dy, out=dx)


@dataclass(frozen=True)
class Softmax(Layer):
    """y_k = exp(x_k - max x) / sum_j exp(x_j - max x): probabilities over K classes.

    x, y (batch, K)    dx = y (dy - sum_k dy_k y_k)

    Subtracting the maximum changes nothing in exact arithmetic and keeps exp from overflowing.
    """

    kind: ClassVar[str] = "softmax"
    title: ClassVar[str] = "Softmax"

    def output_shape(self, input_shape: Shape) -> Shape:
        """The same shape, which must be one axis of at least two classes."""
        if len(input_shape) != 1 or input_shape[0] < 2:
            shape = " x ".join(str(axis) for axis in input_shape)
            raise ShapeError(f"softmax: the input is {shape}, expected at least 2 class scores; put a dense layer before it")
        return input_shape

    def forward(self, x: Array, work: Workspace) -> Array:
        """Probabilities of the classes."""
        total = work.array("total", (len(x), 1))
        y = np.subtract(x, np.maximum.reduce(x, axis=1, keepdims=True, out=total), out=work.like("y", x))
        np.exp(y, out=y)
        return np.divide(y, np.add.reduce(y, axis=1, keepdims=True, out=total), out=y)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """y (dy - <dy, y>)."""
        dx = np.multiply(dy, work.y, out=work.like("dx", work.y))
        inner = np.add.reduce(dx, axis=1, keepdims=True, out=work.array("inner", (len(dy), 1)))
        np.subtract(dy, inner, out=dx)
        return np.multiply(dx, work.y, out=dx)
