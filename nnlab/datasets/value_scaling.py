"""Brings values that are to be predicted to mean 0 and deviation 1, and predictions back to the data's own units."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.split import Index
from nnlab.squares import unit_of_squares

Numbers = npt.NDArray[np.float64]

# What is left of a deviation below this share of the mean is rounding.
_ROUNDING = 1e-12


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
