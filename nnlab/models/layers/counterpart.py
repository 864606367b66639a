"""What a tensor of a layer is in another framework: its name there, and its axes."""

from typing import NamedTuple

import numpy as np

from nnlab.models.arrays import Array, Shape


class Counterpart(NamedTuple):
    """theirs = ours.transpose(axes); where axes are empty they are in our order. Where the layer may be without it there,
    `where_missing` is what takes its place.
    """

    name: str
    axes: tuple[int, ...] = ()
    where_missing: float | None = None

    def shape(self, ours: Shape) -> Shape:
        """The shape there of a tensor of our shape."""
        return tuple(ours[axis] for axis in self.axes) if self.axes else ours

    def theirs(self, ours: Array) -> Array:
        """Our tensor with their order of axes."""
        return ours.transpose(self.axes) if self.axes else ours

    def ours(self, theirs: Array) -> Array:
        """Their tensor with our order of axes."""
        return theirs.transpose(np.argsort(self.axes)) if self.axes else theirs
