"""Pictures unfolded into rows, so that a convolution is a matrix product."""

from typing import NamedTuple

import numpy as np


class Geometry(NamedTuple):
    """The sizes of a convolution; pads are zeros before and after."""

    height: int
    width: int
    channels: int
    kernel: int
    stride: int
    pad_down: tuple[int, int]
    pad_across: tuple[int, int]

    @property
    def out_height(self) -> int:
        """Rows that come out."""
        return (self.height + sum(self.pad_down) - self.kernel) // self.stride + 1

    @property
    def out_width(self) -> int:
        """Columns that come out."""
        return (self.width + sum(self.pad_across) - self.kernel) // self.stride + 1


def padded(x: np.ndarray, g: Geometry) -> np.ndarray:
    """x (N, H, W, C) with zeros around it, in memory rows, channels, columns, batch."""
    inner = x.transpose(1, 3, 2, 0)
    pads = (g.pad_down, (0, 0), g.pad_across, (0, 0))
    return np.ascontiguousarray(np.pad(inner, pads))


def unpadded(dx: np.ndarray, g: Geometry) -> np.ndarray:
    """The part that is no padding, as pictures (N, H, W, C)."""
    above, left = g.pad_down[0], g.pad_across[0]
    return dx[above : above + g.height, :, left : left + g.width].transpose(3, 0, 2, 1)
