"""Several runs of one experiment as a band: at each place on the axis their mean, deviation and range. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.ui.views.curves.lines import Lines

# About one place per pixel of a plot.
_MOST_PLACES = 800
# Of a single run there is neither a mean nor a spread.
_FEWEST = 2


@dataclass(frozen=True, eq=False)
class Band:
    """x (n,), rising    mean, deviation (with n - 1), low, high, count (n,): over the runs that come so far, two at least
    line: of what it is, "validation" or "training"
    """

    x: Array
    mean: Array
    deviation: Array
    low: Array
    high: Array
    count: Array
    line: str = "validation"

    @property
    def right(self) -> float:
        """Where it ends; 0 where there is nothing."""
        return float(self.x[-1]) if len(self.x) else 0.0

    @property
    def inner(self) -> tuple[Array, Array]:
        """A deviation below and above the mean, but never beyond what any run has: no accuracy is above 1."""
        return np.maximum(self.mean - self.deviation, self.low), np.minimum(self.mean + self.deviation, self.high)

    def at(self, x: float) -> int | None:
        """The place next to one on the axis; None beside the band."""
        if not len(self.x) or not self.x[0] <= x <= self.x[-1]:
            return None
        return int(np.abs(self.x - x).argmin())


def band_of(lines: Sequence[Lines]) -> Band:
    """Of the values on held-back examples where the runs have them, or else of the smoothed ones of their steps."""
    validated = [(one.ends, one.validation) for one in lines if len(one.ends)]
    found = validated or [(one.x, one.mean) for one in lines if len(one.x)]
    known = [(x[there], y[there]) for x, y in found if (there := np.isfinite(x) & np.isfinite(y)).any()]
    grid = _thinned(max((x for x, _ in known), key=len)) if known else np.zeros(0)
    values = np.array([np.interp(grid, x, y, left=np.nan, right=np.nan) for x, y in known]).reshape(len(known), len(grid))
    count = np.isfinite(values).sum(axis=0)
    there = count >= _FEWEST
    values, grid, count = values[:, there], grid[there], count[there]
    if not len(grid):
        empty = np.zeros(0)
        return Band(empty, empty, empty, empty, empty, empty)
    line = "validation" if validated else "training"
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    # The rounded mean of equal numbers may lie beside them, which would be told as a spread.
    deviation = np.where(low == high, 0.0, np.nanstd(values, axis=0, ddof=1))
    return Band(grid, np.nanmean(values, axis=0), deviation, low, high, count, line)


def _thinned(x: Array) -> Array:
    """Some of many places, the first and the last among them."""
    if len(x) <= _MOST_PLACES:
        return x
    return x[np.linspace(0, len(x) - 1, _MOST_PLACES).round().astype(np.intp)]
