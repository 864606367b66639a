"""One quantity of several rows over the steps, made comparable: each row on one scale, and as colours."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Array
from nnlab.probes.distributions import BINS, Histograms
from nnlab.ui.theme import GAP
from nnlab.ui.views.distributions.rebinning import rebinning

_NEVER = -99  # the exponent of a row without numbers


class Spread:
    """One quantity of some rows over the kept answers, each row on one scale.

    signed, exponents: of each row    now (rows, BINS) the shares of the last answer
    heat (kept + 1, rows, BINS) the shares of all and one more, empty, as colours

    From frame to frame little changes: what was worked out of an answer serves as long as it is kept, and all of a row is
    worked out again when its scale changes.
    """

    def __init__(self) -> None:
        self.forget([])

    def forget(self, rows: list[int]) -> None:
        """Begin with other rows, or another run."""
        self._kept: list[Histograms] = []
        self._rows = rows
        self.signed: list[bool] = []
        self.exponents = [_NEVER] * len(rows)
        self.now: Array = np.zeros((len(rows), BINS))
        self._reach: npt.NDArray[np.int_] = np.zeros((0, len(rows)), int)  # the exponent of each answer's rows
        self._goes_below: npt.NDArray[np.bool_] = np.zeros((0, len(rows)), bool)
        self.heat: npt.NDArray[np.uint8] = np.full((1, len(rows), BINS), GAP, np.uint8)

    def follow(self, kept: Sequence[Histograms], rows: list[int]) -> None:
        """These are kept now, and these rows of them are shown."""
        if rows != self._rows:
            self.forget(rows)
        new = self._take_over(kept)
        reach, has_ever = self._reach, (self._reach != _NEVER).any(axis=0)
        self.signed = (self._goes_below.any(axis=0) | ~has_ever).tolist()
        # The later half of the history decides: an early storm does not flatten what follows.
        later = reach[len(reach) // 2 :].max(axis=0)
        exponents = np.where(later == _NEVER, 0, later)
        changed = exponents != self.exponents
        self.exponents = exponents.tolist()
        for index in np.flatnonzero(changed).tolist():
            shares = np.array([one.shares[rows[index]] for one in self._kept])
            self.heat[:-1, index] = _colors(self._on_scale(shares, index))
        for place in new:
            self.heat[place] = _colors(self._shares_of(place))
        self.now = self._shares_of(-1)

    def _take_over(self, kept: Sequence[Histograms]) -> list[int]:
        """Keep of what was worked out that of answers which are still there; the places of those which are new."""
        places = {id(one): place for place, one in enumerate(self._kept)}
        before = np.array([places.get(id(one), -1) for one in kept])
        new: list[int] = np.flatnonzero(before < 0).tolist()
        # One more for what is new, and then the empty one at the end, which stays.
        self.heat = self.heat[np.append(np.where(before < 0, 0, before), len(self.heat) - 1)]
        count = len(self._rows)
        reach, goes_below = np.empty((len(kept), count), int), np.empty((len(kept), count), bool)
        if len(self._kept):
            reach[:], goes_below[:] = self._reach[before], self._goes_below[before]
        for place in new:
            shares = kept[place].shares[self._rows]
            reach[place] = np.where(shares.any(axis=1), kept[place].exponent[self._rows], _NEVER)
            goes_below[place] = shares[:, : BINS // 2].any(axis=1)
        # Held, so that no other answer gets their place in memory.
        self._kept, self._reach, self._goes_below = list(kept), reach, goes_below
        return new

    def _shares_of(self, place: int) -> Array:
        """(rows, BINS) of one answer, each row on its scale."""
        shares = self._kept[place].shares[self._rows]
        for index in np.flatnonzero(self._reach[place] != self.exponents).tolist():
            shares[index] = shares[index] @ self._onto(int(self._reach[place, index]), index)
        return shares

    def _on_scale(self, shares: Array, index: int) -> Array:
        """(kept, BINS) of one row on its scale."""
        reach = self._reach[:, index]
        for other in set(reach.tolist()) - {self.exponents[index]}:
            those = reach == other
            shares[those] = shares[those] @ self._onto(other, index)
        return shares

    def _onto(self, exponent: int, index: int) -> npt.NDArray[np.floating]:
        # Of a row without numbers any scale will do.
        return rebinning(0 if exponent == _NEVER else self.exponents[index] - exponent, BINS)


def _colors(shares: Array) -> npt.NDArray[np.uint8]:
    """(..., BINS) with the largest of each histogram in the strongest colour; the square root lifts thin tails out of the
    ground colour.
    """
    peaks = np.maximum(shares.max(axis=-1, keepdims=True), 1e-12)
    colors: npt.NDArray[np.uint8] = (np.sqrt(shares / peaks) * 254).astype(np.uint8)
    return colors
