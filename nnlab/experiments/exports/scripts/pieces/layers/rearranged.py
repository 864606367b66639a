"""Another shape, without transposing what lies batch-innermost."""

import numpy as np

from ..shapes import Shape
from .memory import batch_innermost


def rearranged(x: np.ndarray, shape: Shape) -> np.ndarray:
    """x (N, ...) in another shape; a batch that lies innermost in memory stays so."""
    if x.flags.c_contiguous:
        return x.reshape(len(x), *shape)
    copy = batch_innermost(len(x), *x.shape[1:])
    copy[...] = x
    return np.moveaxis(np.moveaxis(copy, 0, -1).reshape(*shape, len(x)), -1, 0)
