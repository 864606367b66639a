"""How far predicted values are from the true ones, added up so that chunks give what the whole would."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Array
from nnlab.squares import unit_of_squares

Sums = npt.NDArray[np.float64]

# What is left of a deviation below this share of the mean is rounding.
_ROUNDING = 1e-12
_SUMS = ("squared", "absolute", "mean", "spread")


@dataclass(frozen=True)
class ValueErrors:
    """Sums over `total` examples of K values t and their predictions y, in the data's own units and in float64.

    squared (K,) sum (y - t)^2 / unit^2          absolute (K,) sum |y - t|
    spread (K,)  sum (t - mean)^2 / unit^2       mean (K,)     of t
    unit (K,)    1, but of values whose squares would be 0 or infinite a power of two

    Those of parts make those of the whole (Chan, Golub and LeVeque 1983): nothing is averaged over batches.
    """

    total: int
    squared: Sums
    absolute: Sums
    mean: Sums
    spread: Sums
    unit: Sums

    @classmethod
    def of(cls, true: Array, predicted: Array) -> Self:
        """true, predicted (N, K)"""
        true = np.asarray(true, np.float64)
        if not len(true):
            return cls.none(true.shape[1])
        error, mean = np.asarray(predicted, np.float64) - true, true.mean(axis=0)
        size = np.maximum(np.abs(error), np.abs(true - mean)).max(axis=0)
        unit = unit_of_squares(size)
        squared, spread = (np.square(part / unit).sum(axis=0) for part in (error, true - mean))
        return cls(len(true), squared, np.abs(error).sum(axis=0), mean, spread, unit)

    @classmethod
    def none(cls, count: int) -> Self:
        """Of no examples of so many values."""
        return cls(0, **{name: np.zeros(count) for name in _SUMS}, unit=np.ones(count))

    @classmethod
    def joined(cls, parts: Iterable["ValueErrors"], count: int) -> Self:
        """Of all parts together, which have so many values."""
        found = [part for part in parts if part.total]
        if not found:
            return cls.none(count)
        sizes = np.array([part.total for part in found], np.float64)[:, None]
        squared, absolute, means, spreads, units = (
            np.stack([getattr(part, name) for part in found]) for name in (*_SUMS, "unit")
        )
        mean = (sizes * means).sum(axis=0) / sizes.sum()
        largest = np.maximum(squared, spreads)
        unit = unit_of_squares(np.maximum(np.sqrt(largest) * units, np.abs(means - mean)).max(axis=0))
        # A part in which nothing differs has no unit of its own.
        in_unit = np.square(np.where(largest > 0, units, unit) / unit)
        spread = (spreads * in_unit + sizes * np.square((means - mean) / unit)).sum(axis=0)
        return cls(int(sizes.sum()), (squared * in_unit).sum(axis=0), absolute.sum(axis=0), mean, spread, unit)

    def state(self) -> list[list[float]]:
        """As plain numbers: how many examples, then each sum by value; the units where they are not 1."""
        names = _SUMS if (self.unit == 1).all() else (*_SUMS, "unit")
        return [[float(self.total)], *(getattr(self, name).tolist() for name in names)]

    @classmethod
    def of_state(cls, state: list[list[float]]) -> Self:
        """The other way."""
        (total,), *sums = state
        named = dict(zip((*_SUMS, "unit"), (np.array(part, np.float64) for part in sums), strict=False))
        return cls(int(total), **({"unit": np.ones_like(named["mean"])} | named))

    @property
    def mse(self) -> float:
        """mean of (y - t)^2 over examples and values; 0 where that is smaller than any number."""
        return self.rmse * self.rmse if (self.unit != 1).any() else self._mean_square(self.squared)

    @property
    def rmse(self) -> float:
        """The root of it."""
        largest = float(self.unit.max())
        return largest * math.sqrt(self._mean_square(self.squared * np.square(self.unit / largest)))

    @property
    def mae(self) -> float:
        """mean of |y - t| over examples and values."""
        return float(self.absolute.mean() / self.total) if self.total else float("nan")

    @property
    def r2(self) -> float:
        """1 - sum (t - y)^2 / sum (t - mean t)^2, the mean over the values that vary; NaN where none does."""
        varies = self.spread > self.total * np.square(_ROUNDING * (self.mean / self.unit))
        if not varies.any():
            return float("nan")
        return float((1 - self.squared[varies] / self.spread[varies]).mean())

    def _mean_square(self, sums: Sums) -> float:
        return float(sums.mean() / self.total) if self.total else float("nan")
