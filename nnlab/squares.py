"""Squares of numbers so small or so large that they would be 0 or infinite: of what they are divided by before."""

from typing import Any

import numpy as np
import numpy.typing as npt

# Of numbers between these sums of squares are numbers, and keep their digits.
_LEAST_SQUARED, _MOST_SQUARED = 1e-140, 1e140


def unit_of_squares(size: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """What numbers of these sizes are divided by before they are squared: 1 as a rule, else a power of two near the size, by
    which nothing is rounded.
    """
    is_lost = (size > 0) & ((size < _LEAST_SQUARED) | (size > _MOST_SQUARED)) & np.isfinite(size)
    _, exponent = np.frexp(np.where(is_lost, size, 0.5))
    return np.where(is_lost, np.ldexp(1.0, exponent - 1), 1.0)
