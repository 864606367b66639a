"""A way around some layers."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np

from nnlab.errors import SettingError, ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.activations import ReLU
from nnlab.models.layers.base import Layer, Workspace, shape_text
from nnlab.models.layers.combined import Branch, Combined, read_branch, texts_of
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.settings import setting


@dataclass(frozen=True)
class Residual(Combined):
    """y = x + f(x), f the layers inside, which keep the shape (He et al. 2016).    dx = dy + f'(x)^T dy"""

    kind: ClassVar[str] = "residual"
    title: ClassVar[str] = "Residual"
    goes_around: ClassVar[bool] = True
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "Residual({layers})", "keras": "Residual([{layers}])"}
    )

    layers: tuple[Layer, ...] = setting((Dense(64), ReLU()), "Layers", in_form=False, help="y = x + what these make of x.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.layers:
            raise SettingError("layers: there are none; a residual adds to its input what they make of it")

    @property
    def joining(self) -> str:
        """A sum with the input."""
        return self.equation({})

    @property
    def branches(self) -> tuple[Branch, ...]:
        """One, beside the way around it."""
        return (self.layers,)

    def with_branches(self, branches: tuple[Branch, ...]) -> Self:
        """With other layers inside."""
        return replace(self, layers=branches[0])

    @classmethod
    def suited_to(cls, input_shape: Shape) -> Self:
        """A layer that keeps the shape, and ReLU."""
        if len(input_shape) == 3:
            return cls((Conv2D(input_shape[2], padding="same"), ReLU()))
        return cls((Dense(math.prod(input_shape)), ReLU()))

    @classmethod
    def with_inner_read(cls, table: dict[str, Any], read: Callable[[Any, str], Layer]) -> dict[str, Any]:
        """layers = [ ... ]"""
        if "layers" not in table:
            return table
        return table | {"layers": read_branch(table["layers"], "layers", read)}

    def output_shape(self, input_shape: Shape) -> Shape:
        """The input's, which the layers inside must keep."""
        (inside,) = self.branch_shapes(input_shape)
        if inside != input_shape:
            raise ShapeError(
                f"residual: the layers inside make {shape_text(inside)} of the input's {shape_text(input_shape)}; "
                "to be added, both must agree"
            )
        return input_shape

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Of a sum."""
        ((least, most),) = self.branch_ranges(low, high)
        return low + least, high + most

    def equation(self, own: Mapping[str, float]) -> str:
        """With what the layers inside make of all inputs."""
        return "x + f(x)"

    def numpy_line(self, input_shape: Shape) -> str:
        """The layers inside one around the other."""
        return f"x + {self.branch_lines(input_shape)[0]}"

    def forward(self, x: Array, work: Workspace) -> Array:
        """x + f(x)."""
        return np.add(x, self.outputs_of(0, x, work), out=work.like("y", x))

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy + f'(x)^T dy."""
        through = self.gradient_of(0, dy, work)
        return np.add(through, dy, out=work.like("dx", work.x)) if work.input_gradient_wanted else dy

    def to_table(self) -> dict[str, Any]:
        """With the layers inside."""
        return {"kind": self.kind, "layers": [layer.to_table() for layer in self.layers]}

    def summary(self) -> str:
        """Residual: Dense 64, ReLU."""
        return f"Residual: {texts_of(self.layers)}"
