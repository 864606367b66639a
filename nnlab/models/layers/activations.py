"""Element-wise non-linearities, and softmax. None has parameters; each states its derivative by its own output."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.base import Layer, Workspace, shape_text
from nnlab.models.sigmoid import sigmoid
from nnlab.settings import setting


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
            raise ShapeError(
                f"softmax: the input is {shape_text(input_shape)}, expected at least 2 class scores; "
                "put a dense layer before it"
            )
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


@dataclass(frozen=True)
class LeakyReLU(Layer):
    """y = x where x > 0, else slope x    dx = dy, else slope dy.  Any shape."""

    kind: ClassVar[str] = "leaky_relu"
    title: ClassVar[str] = "Leaky ReLU"

    slope: float = setting(0.01, "Slope", minimum=0.0, maximum=1.0, help="y = slope · x where x is negative.")

    def forward(self, x: Array, work: Workspace) -> Array:
        """max(x, slope x), since the slope is at most 1."""
        y = np.multiply(x, self.slope, out=work.like("y", x))
        return np.maximum(x, y, out=y)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy, or slope dy where the input was not positive."""
        positive = np.greater(work.x, 0, out=work.like("positive", work.x, np.bool_))
        dx = np.multiply(positive, 1 - self.slope, out=work.like("dx", work.x))
        np.add(dx, self.slope, out=dx)
        return np.multiply(dx, dy, out=dx)


@dataclass(frozen=True)
class ELU(Layer):
    """y = x where x > 0, else alpha (exp(x) - 1)    dx = dy, else dy (y + alpha)   (Clevert et al. 2016).  Any shape."""

    kind: ClassVar[str] = "elu"
    title: ClassVar[str] = "ELU"

    alpha: float = setting(1.0, "Alpha", above=0.0, maximum=10.0, help="y = alpha (exp(x) − 1) where x is negative.")

    def forward(self, x: Array, work: Workspace) -> Array:
        """max(x, 0) + alpha (exp(min(x, 0)) - 1)."""
        y = np.minimum(x, 0, out=work.like("y", x))
        np.expm1(y, out=y)
        np.multiply(y, self.alpha, out=y)
        return np.add(y, np.maximum(x, 0, out=work.like("positive", x)), out=y)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """The slope is 1, or y + alpha where the output is negative."""
        slope = np.minimum(work.y, 0, out=work.like("dx", work.y))
        np.add(slope, self.alpha, out=slope)
        np.copyto(slope, 1, where=np.greater(work.x, 0, out=work.like("mask", work.x, np.bool_)))
        return np.multiply(slope, dy, out=slope)


@dataclass(frozen=True)
class GELU(Layer):
    """y = x / 2 (1 + tanh(c (x + 0.044715 x^3)))  with  c = sqrt(2 / pi).  Any shape.

    The usual approximation of x Phi(x) (Hendrycks and Gimpel 2016), within 0.0005 of it; PyTorch's approximate="tanh".
    """

    kind: ClassVar[str] = "gelu"
    title: ClassVar[str] = "GELU"
    _C: ClassVar[float] = 0.7978845608028654
    _CUBE: ClassVar[float] = 0.044715

    def held_numbers(self, input_shape: Shape) -> int:
        """The tanh and its slope besides."""
        return 4 * math.prod(input_shape)

    def forward(self, x: Array, work: Workspace) -> Array:
        """Keeps the tanh for the backward pass."""
        t = np.multiply(x, x, out=work.like("tanh", x))
        np.multiply(t, self._C * self._CUBE, out=t)
        np.add(t, self._C, out=t)
        np.multiply(t, x, out=t)
        np.tanh(t, out=t)
        y = np.add(t, 1, out=work.like("y", x))
        np.multiply(y, x, out=y)
        return np.multiply(y, 0.5, out=y)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy ((1 + t) / 2 + x / 2 (1 - t^2) c (1 + 3 0.044715 x^2))"""
        x, t = work.x, work.like("tanh", work.x)
        inner = np.multiply(x, x, out=work.like("inner", x))
        np.multiply(inner, 3 * self._C * self._CUBE, out=inner)
        np.add(inner, self._C, out=inner)
        np.multiply(inner, x, out=inner)
        dx = np.multiply(t, t, out=work.like("dx", x))
        np.subtract(1, dx, out=dx)
        np.multiply(dx, inner, out=dx)
        np.add(dx, t, out=dx)
        np.add(dx, 1, out=dx)
        np.multiply(dx, 0.5, out=dx)
        return np.multiply(dx, dy, out=dx)


def softplus(z: Array, out: Array, scratch: Array) -> Array:
    """log(1 + exp(z)), computed as max(z, 0) + log(1 + exp(-|z|)): never overflows."""
    np.abs(z, out=out)
    np.negative(out, out=out)
    np.log1p(np.exp(out, out=out), out=out)
    return np.add(out, np.maximum(z, 0, out=scratch), out=out)


@dataclass(frozen=True)
class Softplus(Layer):
    """y = log(1 + exp(x))    dx = dy sigmoid(x).  Any shape."""

    kind: ClassVar[str] = "softplus"
    title: ClassVar[str] = "Softplus"

    def forward(self, x: Array, work: Workspace) -> Array:
        """log(1 + exp(x))."""
        return softplus(x, work.like("y", x), work.like("scratch", x))

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy sigmoid(x)."""
        dx = sigmoid(work.x, out=work.like("dx", work.x))
        return np.multiply(dx, dy, out=dx)
