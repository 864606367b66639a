"""How far predicted values are from the true ones, added up so that chunks give what the whole would."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Array

Sums = npt.NDArray[np.float64]

# What is left of a deviation below this share of the mean is rounding.
_ROUNDING = 1e-12
_SUMS = ("squared", "absolute", "mean", "spread")


@dataclass(frozen=True)
class ValueErrors:
    """Sums over `total` examples of K values t and their predictions y, in the data's own units and in float64.

    squared (K,) sum (y - t)^2    absolute (K,) sum |y - t|    mean (K,) of t    spread (K,) sum (t - mean)^2

    Those of parts make those of the whole (Chan, Golub and LeVeque 1983): nothing is averaged over batches.
    """

    total: int
    squared: Sums
    absolute: Sums
    mean: Sums
    spread: Sums

    @classmethod
    def of(cls, true: Array, predicted: Array) -> Self:
        """true, predicted (N, K)"""
        true = np.asarray(true, np.float64)
        if not len(true):
            return cls.none(true.shape[1])
        error, mean = np.asarray(predicted, np.float64) - true, true.mean(axis=0)
        spread = np.square(true - mean).sum(axis=0)
        return cls(len(true), np.square(error).sum(axis=0), np.abs(error).sum(axis=0), mean, spread)

    @classmethod
    def none(cls, count: int) -> Self:
        """Of no examples of so many values."""
        return cls(0, *(np.zeros(count) for _ in _SUMS))

    @classmethod
    def joined(cls, parts: Iterable["ValueErrors"], count: int) -> Self:
        """Of all parts together, which have so many values."""
        found = [part for part in parts if part.total]
        if not found:
            return cls.none(count)
        sizes = np.array([part.total for part in found], np.float64)[:, None]
        squared, absolute, means, spreads = (np.stack([getattr(part, name) for part in found]) for name in _SUMS)
        mean = (sizes * means).sum(axis=0) / sizes.sum()
        spread = (spreads + sizes * np.square(means - mean)).sum(axis=0)
        return cls(int(sizes.sum()), squared.sum(axis=0), absolute.sum(axis=0), mean, spread)

    def state(self) -> list[list[float]]:
        """As plain numbers: how many examples, then each sum by value."""
        return [[float(self.total)], *(getattr(self, name).tolist() for name in _SUMS)]

    @classmethod
    def of_state(cls, state: list[list[float]]) -> Self:
        """The other way."""
        (total,), *sums = state
        return cls(int(total), *(np.array(part, np.float64) for part in sums))

    @property
    def mse(self) -> float:
        """mean of (y - t)^2 over examples and values."""
        return float(self.squared.mean() / self.total) if self.total else float("nan")

    @property
    def rmse(self) -> float:
        """The root of it."""
        return float(np.sqrt(self.mse))

    @property
    def mae(self) -> float:
        """mean of |y - t| over examples and values."""
        return float(self.absolute.mean() / self.total) if self.total else float("nan")

    @property
    def r2(self) -> float:
        """1 - sum (t - y)^2 / sum (t - mean t)^2, the mean over the values that vary; NaN where none does."""
        varies = self.spread > self.total * np.square(_ROUNDING * self.mean)
        if not varies.any():
            return float("nan")
        return float((1 - self.squared[varies] / self.spread[varies]).mean())
