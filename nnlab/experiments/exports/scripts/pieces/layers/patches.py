"""Patches of pictures."""

from collections.abc import Iterator

import numpy as np


def places(x: np.ndarray, size: int, stride: int) -> Iterator[np.ndarray]:
    """For each place in a patch, in reading order, the numbers there of all patches."""
    height, width = x.shape[1:3]
    down = (height - size) // stride * stride + 1
    across = (width - size) // stride * stride + 1
    for row in range(size):
        for column in range(size):
            yield x[:, row : row + down : stride, column : column + across : stride]
