"""Which byte is black and which is white in a dataset's pictures: not all of them use 0 ... 255."""

from typing import Any

import numpy as np
import numpy.typing as npt

BYTES = (0.0, 255.0)
# Pictures with a larger byte than this use most of 0 ... 255.
_HALF = 127
_CHUNK = 4096


def grey_range(inputs: npt.NDArray[Any], index: npt.NDArray[np.intp]) -> tuple[float, float]:
    """Black and white of bytes (N, ...), by the examples at these positions.

    0 and 255 where any byte is above 127, or where all are alike; else the least and the greatest: 0 and 16, or 0 and 1.
    Where the first chunk uses most of the range, as nearly always, no other is read.
    """
    low, high = 255, 0
    for start in range(0, len(index), _CHUNK):
        chunk = inputs[index[start : start + _CHUNK]]
        high = max(high, int(chunk.max(initial=0)))
        if high > _HALF:
            return BYTES
        low = min(low, int(chunk.min(initial=255)))
    return (float(low), float(high)) if low < high else BYTES


def stretched(pictures: npt.NDArray[Any], ends: tuple[float, float]) -> npt.NDArray[np.uint8]:
    """Pictures of which the ends are black and white, as bytes for the eye, with 0 for black and 255 for white."""
    black, white = ends
    if pictures.dtype == np.uint8 and ends == BYTES:
        return np.asarray(pictures, np.uint8).copy()
    numbers = pictures.astype(np.float32)
    if ends != BYTES:
        numbers = (numbers - np.float32(black)) * np.float32(255 / (white - black))
    return np.asarray(np.clip(np.rint(np.nan_to_num(numbers, nan=0.0, posinf=255.0, neginf=0.0)), 0, 255).astype(np.uint8))
