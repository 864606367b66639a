"""Brings inputs into a range that a network learns well in."""

import numpy as np

from ..settings import BLACK, IS_BYTES, IS_DOUBLE, LEAST_SPREAD, SCALING, WHITE
from .moments import moments


def fit_scaling(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """factor and offset of  x' = factor x + offset,  by the examples learned from."""
    if SCALING == "standard":
        # To mean 0 and deviation 1.
        centre, spread = moments(inputs)
    else:
        if IS_BYTES:
            low, high = np.array([BLACK]), np.array([WHITE])
        else:
            low = inputs.min(axis=0).astype(np.float64)
            high = inputs.max(axis=0).astype(np.float64)
        if SCALING == "symmetric":
            # To -1 ... 1.
            centre, spread = (low + high) / 2, (high - low) / 2
        else:
            # To 0 ... 1.
            centre, spread = low, high - low
    varies = spread > np.maximum(LEAST_SPREAD * np.abs(centre), 1e-300)
    factor = 1.0 / np.where(varies, spread, 1.0)
    offset = -centre * factor
    if not IS_DOUBLE:
        factor, offset = factor.astype(np.float32), offset.astype(np.float32)
    return factor, offset


def scaled(inputs: np.ndarray, factor: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """factor x + offset, in float32."""
    if IS_DOUBLE:
        # Float32 could not tell such numbers apart before they are shifted.
        return (inputs * factor + offset).astype(np.float32)
    else:
        return inputs.astype(np.float32) * factor + offset
