"""The Gaussian error linear unit."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.base import Layer, Workspace
from nnlab.models.layers.role import Role


@dataclass(frozen=True)
class GELU(Layer):
    """y = x / 2 (1 + tanh(c (x + 0.044715 x^3)))  with  c = sqrt(2 / pi).  Any shape.

    The usual approximation of x Phi(x) (Hendrycks and Gimpel 2016), within 0.0005 of it; PyTorch's approximate="tanh".
    """

    kind: ClassVar[str] = "gelu"
    passes: ClassVar[float] = 12
    title: ClassVar[str] = "GELU"
    role: ClassVar[Role] = Role.ACTIVATES
    _C: ClassVar[float] = 0.7978845608028654
    _CUBE: ClassVar[float] = 0.044715
    _LOWEST: ClassVar[float] = -0.1700408
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": 'nn.GELU(approximate="tanh")', "keras": "layers.Activation(gelu_by_tanh)"}
    )

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Its lowest point is -0.17, at z = -0.75."""
        return (0.0 if low >= 0 else self._LOWEST), max(high, 0.0)

    @property
    def flat_outputs(self) -> tuple[float, ...]:
        """Far below 0."""
        return (0.0,)

    def equation(self, own: Mapping[str, float]) -> str:
        """With (1 + tanh a) / 2 = sigmoid(2 a)."""
        return f"z·sigmoid({2 * self._C:.5f}·z + {2 * self._C * self._CUBE:.5f}·z³)"

    def numpy_line(self, input_shape: Shape) -> str:
        """As the docstring has it."""
        return f"x / 2 * (1 + np.tanh({self._C!r} * (x + {self._CUBE!r} * x**3)))"

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
