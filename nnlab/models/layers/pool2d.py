"""Pooling: one number for each patch of a picture."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.base import Layer, Workspace, shape_text
from nnlab.models.layers.role import Role
from nnlab.settings import setting


@dataclass(frozen=True)
class Pool2D(Layer):
    """Patches of size x size, `stride` apart; those that would reach over the edge are left out.

    x (batch, H, W, C)    y (batch, H', W', C)    H' = floor((H - size) / stride) + 1
    """

    role: ClassVar[Role] = Role.FORMS
    is_elementwise: ClassVar[bool] = False
    maps: ClassVar[str] = "pooled"
    _reduction: ClassVar[str]

    size: int = setting(2, "Size", minimum=1, maximum=64, unit="pixels", help="Height and width of a patch.")
    stride: int = setting(
        2,
        "Stride",
        minimum=1,
        maximum=64,
        unit="pixels",
        help="Step between neighbouring patches: out = ⌊(in − size) / stride⌋ + 1.",
    )

    @property
    def takes_pictures(self) -> bool:
        """And makes smaller ones of them."""
        return True

    @property
    def smaller_forms(self) -> tuple[Layer, ...]:
        """Of smaller patches."""
        return tuple(replace(self, size=size) for size in range(self.size - 1, 0, -1))

    def output_shape(self, input_shape: Shape) -> Shape:
        """(H', W', C)."""
        if len(input_shape) != 3:
            raise ShapeError(f"{self.kind}: the input is {shape_text(input_shape)}, expected height x width x channels")
        height, width, channels = input_shape
        if self.size > min(height, width):
            raise ShapeError(
                f"{self.kind}: size {self.size} is larger than its input {height} x {width}; use a smaller size"
            )
        return (height - self.size) // self.stride + 1, (width - self.size) // self.stride + 1, channels

    def output_range(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Neither the largest nor the mean of some numbers lies beyond them."""
        return low, high

    def equation(self, own: Mapping[str, float]) -> str:
        """Over the numbers of a patch."""
        return f"{self._reduction} x"

    def numpy_line(self, input_shape: Shape) -> str:
        """Over the two axes of every patch."""
        patches = f"np.lib.stride_tricks.sliding_window_view(x, ({self.size}, {self.size}), (1, 2))"
        return f"{patches}[:, ::{self.stride}, ::{self.stride}].{self._reduction}((4, 5))"

    def summary(self) -> str:
        """Max pool 2."""
        return f"{self.title} {self.size}"

    def _views(self, x: Array) -> Iterator[Array]:
        """For each place within a patch, in reading order, the numbers at that place of all patches."""
        height, width, _ = self.output_shape(x.shape[1:])
        down, across = self.stride * (height - 1) + 1, self.stride * (width - 1) + 1
        for row in range(self.size):
            for column in range(self.size):
                yield x[:, row : row + down : self.stride, column : column + across : self.stride]


@dataclass(frozen=True)
class MaxPool2D(Pool2D):
    """y = the largest number of each patch. The gradient goes to it alone, to the first of equals in reading order."""

    kind: ClassVar[str] = "max_pool2d"
    passes: ClassVar[float] = 10
    title: ClassVar[str] = "Max pool"
    _reduction: ClassVar[str] = "max"
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "nn.MaxPool2d({size}, {stride})", "keras": "layers.MaxPooling2D({size}, {stride})"}
    )

    def forward(self, x: Array, work: Workspace) -> Array:
        """A running maximum over the places of a patch."""
        first, *others = self._views(x)
        y = work.like("y", first)
        np.copyto(y, first)
        for view in others:
            np.maximum(y, view, out=y)
        return y

    def backward(self, dy: Array, work: Workspace) -> Array:
        """To the first place that holds the maximum."""
        x, y = work.x, work.y
        dx = work.like("dx", x)
        dx.fill(0)
        wins, free = work.like("wins", y, np.bool_), work.like("free", y, np.bool_)
        share = work.like("share", y)
        free.fill(True)
        for view, target in zip(self._views(x), self._views(dx), strict=True):
            np.equal(view, y, out=wins)
            np.logical_and(wins, free, out=wins)
            np.logical_xor(free, wins, out=free)
            np.add(target, np.multiply(dy, wins, out=share), out=target)
        return dx


@dataclass(frozen=True)
class AveragePool2D(Pool2D):
    """y = the mean of each patch. Every number of it gets an equal part of the gradient."""

    kind: ClassVar[str] = "average_pool2d"
    passes: ClassVar[float] = 6
    title: ClassVar[str] = "Average pool"
    _reduction: ClassVar[str] = "mean"
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "nn.AvgPool2d({size}, {stride})", "keras": "layers.AveragePooling2D({size}, {stride})"}
    )

    def forward(self, x: Array, work: Workspace) -> Array:
        """The sum over the places of a patch, divided by their number."""
        first, *others = self._views(x)
        y = work.like("y", first)
        np.copyto(y, first)
        for view in others:
            np.add(y, view, out=y)
        return np.multiply(y, 1 / self.size**2, out=y)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """An equal part to every place."""
        dx = work.like("dx", work.x)
        dx.fill(0)
        share = np.multiply(dy, 1 / self.size**2, out=work.like("share", work.y))
        for target in self._views(dx):
            np.add(target, share, out=target)
        return dx
