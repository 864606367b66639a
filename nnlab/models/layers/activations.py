"""Element-wise non-linearities, and softmax. None has parameters; each states its derivative by its own output."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.base import Layer, Workspace, shape_text
from nnlab.models.layers.role import Role
from nnlab.models.sigmoid import sigmoid
from nnlab.settings import setting


@dataclass(frozen=True)
class ReLU(Layer):
    """y = max(0, x)    dx = dy where y > 0, else 0.  Any shape. The derivative at the kink is taken as 0."""

    kind: ClassVar[str] = "relu"
    title: ClassVar[str] = "ReLU"
    role: ClassVar[Role] = Role.ACTIVATES
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "nn.ReLU()", "keras": "layers.ReLU()", "sklearn": "relu"}
    )

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Never negative."""
        return max(low, 0.0), max(high, 0.0)

    @property
    def flat_outputs(self) -> tuple[float, ...]:
        """Below the kink."""
        return (0.0,)

    def equation(self, own: Mapping[str, float]) -> str:
        """The larger of z and 0."""
        return "max(0, z)"

    def numpy_line(self, input_shape: Shape) -> str:
        """The same."""
        return "np.maximum(0, x)"

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
    passes: ClassVar[float] = 6
    title: ClassVar[str] = "Sigmoid"
    role: ClassVar[Role] = Role.ACTIVATES
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "nn.Sigmoid()", "keras": 'layers.Activation("sigmoid")', "sklearn": "logistic"}
    )

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Between 0 and 1."""
        return 0.0, 1.0

    @property
    def flat_outputs(self) -> tuple[float, ...]:
        """Far out on both sides."""
        return 0.0, 1.0

    def equation(self, own: Mapping[str, float]) -> str:
        """The logistic function."""
        return "sigmoid(z)"

    def numpy_line(self, input_shape: Shape) -> str:
        """As the docstring has it."""
        return "1 / (1 + np.exp(-x))"

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
    role: ClassVar[Role] = Role.ACTIVATES
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "nn.Tanh()", "keras": 'layers.Activation("tanh")', "sklearn": "tanh"}
    )

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Between -1 and 1, with the sign of z."""
        return (-1.0 if low < 0 else 0.0), (1.0 if high > 0 else 0.0)

    @property
    def flat_outputs(self) -> tuple[float, ...]:
        """Far out on both sides."""
        return -1.0, 1.0

    def equation(self, own: Mapping[str, float]) -> str:
        """The hyperbolic tangent."""
        return "tanh(z)"

    def numpy_line(self, input_shape: Shape) -> str:
        """The same."""
        return "np.tanh(x)"

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
    role: ClassVar[Role] = Role.ACTIVATES
    is_elementwise: ClassVar[bool] = False
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType({"torch": "nn.Softmax(dim=1)", "keras": "layers.Softmax()"})

    @property
    def takes_rows(self) -> bool:
        """The classes."""
        return True

    def output_shape(self, input_shape: Shape) -> Shape:
        """The same shape, which must be one axis of at least two classes."""
        if len(input_shape) != 1 or input_shape[0] < 2:
            raise ShapeError(
                f"softmax: the input is {shape_text(input_shape)}, expected at least 2 class scores; "
                "put a dense layer before it"
            )
        return input_shape

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Between 0 and 1."""
        return 0.0, 1.0

    @property
    def flat_outputs(self) -> tuple[float, ...]:
        """Where one class has all."""
        return 0.0, 1.0

    def equation(self, own: Mapping[str, float]) -> str:
        """By the scores of all classes."""
        return "softmax(z) = exp(z) / Σ exp(zₖ)"

    def numpy_line(self, input_shape: Shape) -> str:
        """The larger scores are, the sooner exp overflows; see the class."""
        return "np.exp(x - x.max(1, keepdims=True)) / np.exp(x - x.max(1, keepdims=True)).sum(1, keepdims=True)"

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
    passes: ClassVar[float] = 6
    title: ClassVar[str] = "Leaky ReLU"
    role: ClassVar[Role] = Role.ACTIVATES
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "nn.LeakyReLU({slope})", "keras": "layers.LeakyReLU({slope})"}
    )

    slope: float = setting(0.01, "Slope", minimum=0.0, maximum=1.0, help="y = slope · x where x is negative.")

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Of either sign, that of z."""
        return (low if low >= 0 else self._bent(low)), (high if high >= 0 else self._bent(high))

    @property
    def flat_outputs(self) -> tuple[float, ...]:
        """Below the kink, if the slope there is 0."""
        return () if self.slope else (0.0,)

    def equation(self, own: Mapping[str, float]) -> str:
        """The larger of z and slope z, since the slope is at most 1."""
        return f"max(z, {self.slope:g}·z)"

    def numpy_line(self, input_shape: Shape) -> str:
        """The same."""
        return f"np.maximum(x, {self.slope!r} * x)"

    def _bent(self, bound: float) -> float:
        return self.slope * bound if self.slope else 0.0

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
    passes: ClassVar[float] = 14
    title: ClassVar[str] = "ELU"
    role: ClassVar[Role] = Role.ACTIVATES
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType({"torch": "nn.ELU({alpha})", "keras": "layers.ELU({alpha})"})

    alpha: float = setting(1.0, "Alpha", above=0.0, maximum=10.0, help="y = alpha (exp(x) − 1) where x is negative.")

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Above -alpha, with the sign of z."""
        return (low if low >= 0 else self.alpha * math.expm1(low)), (high if high >= 0 else self.alpha * math.expm1(high))

    @property
    def flat_outputs(self) -> tuple[float, ...]:
        """Far below 0."""
        return (-self.alpha,)

    def equation(self, own: Mapping[str, float]) -> str:
        """Two branches."""
        return f"z if z > 0 else {self.alpha:g}·(exp(z) − 1)"

    def numpy_line(self, input_shape: Shape) -> str:
        """The same."""
        return f"np.where(x > 0, x, {self.alpha!r} * np.expm1(np.minimum(x, 0)))"

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
    passes: ClassVar[float] = 11
    title: ClassVar[str] = "Softplus"
    role: ClassVar[Role] = Role.ACTIVATES
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "nn.Softplus()", "keras": 'layers.Activation("softplus")'}
    )

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Never negative."""
        return (low if low > 0 else 0.0), math.inf

    @property
    def flat_outputs(self) -> tuple[float, ...]:
        """Far below 0."""
        return (0.0,)

    def equation(self, own: Mapping[str, float]) -> str:
        """A smooth ReLU."""
        return "log(1 + exp(z))"

    def numpy_line(self, input_shape: Shape) -> str:
        """The same, without overflow."""
        return "np.logaddexp(0, x)"

    def forward(self, x: Array, work: Workspace) -> Array:
        """log(1 + exp(x))."""
        return softplus(x, work.like("y", x), work.like("scratch", x))

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy sigmoid(x)."""
        dx = sigmoid(work.x, out=work.like("dx", work.x))
        return np.multiply(dx, dy, out=dx)
