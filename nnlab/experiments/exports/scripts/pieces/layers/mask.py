"""Masks of what is kept."""

import numpy as np

from ..random_bits import fill_with_bits
from ..randomness import random_stream
from ..settings import SEED


def kept(x: np.ndarray, rate: float, name: str, step: int) -> np.ndarray:
    """1 where a number is kept, 0 at a share `rate`; drawn for this layer and step."""
    mask = np.empty_like(x)
    fill_with_bits(random_stream(SEED, f"{name}.mask", step), mask)
    return np.greater_equal(mask, rate * 2**16, out=mask)
