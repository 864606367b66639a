"""Brings values that are to be predicted to mean 0 and deviation 1, and predictions back to the data's own units."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.split import Index

Numbers = npt.NDArray[np.float64]

# What is left of a deviation below this share of the mean is rounding.
_ROUNDING = 1e-12
# The squares of others come near to the ends of what a number can be.
_LEAST_SQUARED, _MOST_SQUARED = 1e-140, 1e140


@dataclass(frozen=True)
class ValueScaling:
    """t' = (t - mean) / deviation, value by value and in float64.   mean, deviation (K,)    t (N, K)

    Whatever the units, a network starts at errors of about 1 and learning rates mean the same. What never varies is shifted
    alone.
    """

    mean: Numbers
    deviation: Numbers

    def apply(self, values: npt.NDArray[Any]) -> Numbers:
        """As a model learns them."""
        return np.asarray((values - self.mean) / self.deviation)

    def undo(self, scaled: npt.NDArray[Any]) -> Numbers:
        """In the data's own units."""
        return np.asarray(scaled.astype(np.float64) * self.deviation + self.mean)


def fit_values(values: npt.NDArray[Any], index: Index) -> ValueScaling:
    """By the mean and deviation of these examples.   values (N, K)"""
    learned = np.asarray(values[index], np.float64)
    mean = learned.mean(axis=0)
    unit = unit_of_squares(np.abs(learned - mean).max(axis=0, initial=0))
    deviation = unit * (learned / unit).std(axis=0)
    return ValueScaling(mean, np.where(deviation > _ROUNDING * np.abs(mean), deviation, 1.0))


def unit_of_squares(size: npt.NDArray[Any]) -> Numbers:
    """What numbers of these sizes are divided by before they are squared: 1, or the size, whose square would be 0 or inf."""
    is_lost = (size > 0) & ((size < _LEAST_SQUARED) | (size > _MOST_SQUARED)) & np.isfinite(size)
    return np.where(is_lost, size, 1.0)
