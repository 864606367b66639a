"""Features of a point in the plane: what a person would try as inputs instead of a hidden layer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.base import Layer, Workspace, shape_text
from nnlab.models.layers.role import Role
from nnlab.settings import setting


class Feature(NamedTuple):
    """One feature: what it is called, its line of NumPy, the axes it is made of, and how a column of them is computed."""

    name: str
    line: str
    axes: tuple[int, ...]
    is_wave: bool = False

    def fill(self, points: Array, frequency: float, out: Array) -> None:
        """out (N,) of the points (N, 2)."""
        first = points[:, self.axes[0]]
        if self.is_wave:
            np.sin(np.multiply(first, frequency, out=out), out=out)
        elif len(self.axes) == 2:
            np.multiply(first, points[:, self.axes[1]], out=out)
        else:
            np.copyto(out, first)

    def add_slope(self, points: Array, frequency: float, dy: Array, dx: Array, scratch: Array) -> None:
        """dx (N, 2) += dy (N,) times the feature's slope there."""
        if self.is_wave:
            np.cos(np.multiply(points[:, self.axes[0]], frequency, out=scratch), out=scratch)
            np.multiply(scratch, frequency, out=scratch)
            _add(dx, self.axes[0], np.multiply(scratch, dy, out=scratch))
        elif len(self.axes) == 2:
            # The slope by either factor is the other.
            for own, other in (self.axes, self.axes[::-1]):
                _add(dx, own, np.multiply(points[:, other], dy, out=scratch))
        else:
            _add(dx, self.axes[0], dy)

    def range_of(self, low: float, high: float) -> tuple[float, float]:
        """Its bounds where both coordinates lie in low ... high."""
        if self.is_wave:
            return -1.0, 1.0
        if len(self.axes) == 1:
            return low, high
        ends = [_product(low, low), _product(low, high), _product(high, high)]
        is_square = self.axes[0] == self.axes[1]
        least = (0.0 if low <= 0 <= high else min(ends[0], ends[2])) if is_square else min(ends)
        return least, max(ends)


FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "x1": Feature("x₁", "x[:, 0]", (0,)),
        "x2": Feature("x₂", "x[:, 1]", (1,)),
        "x1_squared": Feature("x₁²", "x[:, 0] * x[:, 0]", (0, 0)),
        "x2_squared": Feature("x₂²", "x[:, 1] * x[:, 1]", (1, 1)),
        "product": Feature("x₁x₂", "x[:, 0] * x[:, 1]", (0, 1)),
        "sin_x1": Feature("sin x₁", "np.sin({frequency!r} * x[:, 0])", (0,), is_wave=True),
        "sin_x2": Feature("sin x₂", "np.sin({frequency!r} * x[:, 1])", (1,), is_wave=True),
    }
)

# More names than that do not fit into a list of layers.
_MOST_NAMED = 3


def _switch(name: str, is_on: bool, what: str) -> bool:
    on: bool = setting(is_on, f"Input {FEATURES[name].name}", help=f"Whether {what} is one of the features.")
    return on


@dataclass(frozen=True)
class PlaneFeatures(Layer):
    """y = those of  x1, x2, x1^2, x2^2, x1 x2, sin(w x1), sin(w x2)  that are on, in this order, with nothing to learn.

    x (batch, 2)    y (batch, features)    w the frequency. The coordinates are those that the data's scaling gives.
    """

    kind: ClassVar[str] = "plane_features"
    title: ClassVar[str] = "Plane features"
    role: ClassVar[Role] = Role.FORMS
    is_elementwise: ClassVar[bool] = False
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "PlaneFeatures({features}, {frequency})", "keras": "PlaneFeatures({features}, {frequency})"}
    )

    x1: bool = _switch("x1", True, "the first coordinate")
    x2: bool = _switch("x2", True, "the second coordinate")
    x1_squared: bool = _switch("x1_squared", False, "the square of the first coordinate")
    x2_squared: bool = _switch("x2_squared", False, "the square of the second coordinate")
    product: bool = _switch("product", False, "the product of both coordinates")
    sin_x1: bool = _switch("sin_x1", False, "a sine of the first coordinate")
    sin_x2: bool = _switch("sin_x2", False, "a sine of the second coordinate")
    frequency: float = setting(
        3.0,
        "Frequency",
        above=0.0,
        maximum=1000.0,
        shown=lambda layer: layer.sin_x1 or layer.sin_x2,
        help="w in sin(w x): how fast the sines turn. At 3 there is about one wave over −1 … 1.",
    )

    @property
    def features(self) -> tuple[str, ...]:
        """The names in files of those that are on."""
        return tuple(name for name in FEATURES if getattr(self, name))

    @property
    def unit_names(self) -> tuple[str, ...]:
        """As in formulas."""
        return tuple(FEATURES[name].name for name in self.features)

    @property
    def takes_rows(self) -> bool:
        """The coordinates of a point."""
        return True

    def output_shape(self, input_shape: Shape) -> Shape:
        """(features,) of a point."""
        if input_shape != (2,):
            raise ShapeError(
                f"plane_features: the input is {shape_text(input_shape)}, expected the 2 coordinates of a point; "
                "put it first, and choose data in the plane"
            )
        if not self.features:
            raise ShapeError("plane_features: all features are off, so nothing comes out; turn one on")
        return (len(self.features),)

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """From the least of all features to the greatest; without any, nothing is known."""
        ranges = [FEATURES[name].range_of(low, high) for name in self.features] or [(-math.inf, math.inf)]
        return min(least for least, _ in ranges), max(greatest for _, greatest in ranges)

    def words_elsewhere(self, framework: str, input_shape: Shape) -> dict[str, Any]:
        """The names of the features besides."""
        return super().words_elsewhere(framework, input_shape) | {"features": repr(self.features)}

    def equation(self, own: Mapping[str, float]) -> str:
        """All of them; each unit is one."""
        return ", ".join(self.unit_names)

    def numpy_line(self, input_shape: Shape) -> str:
        """Column by column."""
        lines = (FEATURES[name].line.format(frequency=self.frequency) for name in self.features)
        return f"np.stack([{', '.join(lines)}], axis=1)"

    def forward(self, x: Array, work: Workspace) -> Array:
        """Column by column."""
        y = work.array("y", (len(x), len(self.features)))
        for place, name in enumerate(self.features):
            FEATURES[name].fill(x, self.frequency, y[:, place])
        return y

    def backward(self, dy: Array, work: Workspace) -> Array:
        """The sum over the features of dy times the slope."""
        dx = work.like("dx", work.x)
        dx.fill(0)
        scratch = work.array("scratch", (len(dy),))
        for place, name in enumerate(self.features):
            FEATURES[name].add_slope(work.x, self.frequency, dy[:, place], dx, scratch)
        return dx

    def summary(self) -> str:
        """Features x₁, x₂; of more how many."""
        names = self.unit_names
        return f"Features {', '.join(names)}" if len(names) <= _MOST_NAMED else f"{len(names)} plane features"


def _add(dx: Array, axis: int, slope: Array) -> None:
    np.add(dx[:, axis], slope, out=dx[:, axis])


def _product(one: float, other: float) -> float:
    # 0 times infinity is none here.
    return 0.0 if 0.0 in (one, other) else one * other
