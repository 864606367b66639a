"""Layers that only rearrange: flatten, reshape, and the mark on the code of an autoencoder."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from nnlab.errors import SettingError, ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.base import Layer, Workspace, shape_text
from nnlab.models.layers.role import Role
from nnlab.settings import setting

_MOST_AXES = 8


def _rearranged(key: str, x: Array, shape: Shape, work: Workspace) -> Array:
    """x (N, ...) in another shape of as many numbers, in public order, the batch where it was in memory.

    A batch that lies innermost stays there: whole runs of N numbers are copied, and nothing is transposed.
    """
    if x.flags.c_contiguous:
        return x.reshape(len(x), *shape)
    inner = x.transpose(*range(1, x.ndim), 0)
    if inner.flags.c_contiguous:
        # It lies as it is to come out already.
        return _batch_first(inner.reshape(*shape, len(x)))
    copy = work.array(key, (len(x), *x.shape[1:]), batch_last=True)
    np.copyto(copy, x)
    return _batch_first(copy.transpose(*range(1, copy.ndim), 0).reshape(*shape, len(x)))


def _batch_first(inner: Array) -> Array:
    return inner.transpose(inner.ndim - 1, *range(inner.ndim - 1))


@dataclass(frozen=True)
class Flatten(Layer):
    """(height, width, channels) becomes (height * width * channels,), channels fastest. Gradients go back the same way."""

    kind: ClassVar[str] = "flatten"
    passes: ClassVar[float] = 2
    title: ClassVar[str] = "Flatten"
    role: ClassVar[Role] = Role.RESHAPES
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType({"torch": "Flatten()", "keras": "layers.Flatten()"})

    def output_shape(self, input_shape: Shape) -> Shape:
        """All axes in one."""
        return (math.prod(input_shape),)

    def numpy_line(self, input_shape: Shape) -> str:
        """A view."""
        return "x.reshape(len(x), -1)"

    def forward(self, x: Array, work: Workspace) -> Array:
        """A view, or one copy where the batch lies innermost."""
        return _rearranged("y", x, (math.prod(x.shape[1:]),), work)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy in the input's shape."""
        return _rearranged("dx", dy, work.x.shape[1:], work)


@dataclass(frozen=True)
class Reshape(Layer):
    """The same numbers in another shape, last axis fastest."""

    kind: ClassVar[str] = "reshape"
    passes: ClassVar[float] = 2
    title: ClassVar[str] = "Reshape"
    role: ClassVar[Role] = Role.RESHAPES
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"torch": "Reshape({shape})", "keras": "layers.Reshape({shape})"}
    )

    shape: tuple[int, ...] = setting(
        (7, 7, 16), "Shape", minimum=1, maximum=2**31 - 1, help="height, width, channels of the output."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.shape) > _MOST_AXES:
            raise SettingError(f"shape: {len(self.shape):,} axes are too many; give at most {_MOST_AXES}")

    def output_shape(self, input_shape: Shape) -> Shape:
        """The given shape, which must hold as many numbers."""
        if math.prod(self.shape) != math.prod(input_shape):
            raise ShapeError(
                f"reshape: {shape_text(input_shape)} holds {math.prod(input_shape):,} numbers, "
                f"{shape_text(self.shape)} would hold {math.prod(self.shape):,}"
            )
        return self.shape

    def numpy_line(self, input_shape: Shape) -> str:
        """A view."""
        return f"x.reshape(len(x), {', '.join(map(str, self.shape))})"

    def forward(self, x: Array, work: Workspace) -> Array:
        """A view, or one copy where the batch lies innermost."""
        return _rearranged("y", x, self.shape, work)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy in the input's shape."""
        return _rearranged("dx", dy, work.x.shape[1:], work)

    def summary(self) -> str:
        """Reshape 7 x 7 x 16."""
        return f"Reshape {shape_text(self.shape)}"


@dataclass(frozen=True)
class Code(Layer):
    """y = x. Marks where an autoencoder's code is: what comes before encodes, what comes after decodes."""

    kind: ClassVar[str] = "code"
    passes: ClassVar[float] = 0
    title: ClassVar[str] = "Code"
    role: ClassVar[Role] = Role.MARKS
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType({"torch": "", "keras": ""})

    def forward(self, x: Array, work: Workspace) -> Array:
        """x itself."""
        return x

    def backward(self, dy: Array, work: Workspace) -> Array:
        """dy itself."""
        return dy
