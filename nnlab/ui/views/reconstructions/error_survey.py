"""Which examples are reconstructed worst and best: the errors of a sample, measured a few per frame."""

import numpy as np
import numpy.typing as npt

from nnlab.datasets.split import spread

Places = npt.NDArray[np.intp]

_MOST = 1000


class ErrorSurvey:
    """Goes round through a sample of examples and keeps the last known error of each.

    places (count,)    errors (count,), NaN while unknown

    The ranking changes only when a round is complete: a gallery that follows it stands still in between. Once the model
    stands still, one more round makes all errors those of the model as it is, and `next_places` has no more to ask for.
    """

    def __init__(self, candidates: Places) -> None:
        self.places = spread(candidates, _MOST)
        self.errors = np.full(len(self.places), np.nan)
        self.ranking = self.places
        self._next = 0
        self._fresh = 0
        self._state: object = None

    @property
    def known(self) -> int:
        """How many errors are known."""
        return int(np.count_nonzero(~np.isnan(self.errors)))

    @property
    def is_fresh(self) -> bool:
        """Whether all errors are of the model as it is."""
        return self._fresh >= len(self.places)

    def next_places(self, count: int) -> Places:
        """What to measure next."""
        if self.is_fresh:
            return self.places[:0]
        return self.places[(self._next + np.arange(min(count, len(self.places)))) % len(self.places)]

    def take(self, state: object, places: Places, errors: npt.NDArray[np.floating]) -> bool:
        """The answer to that, of the model in such a state; whether the ranking is another now."""
        if state != self._state:
            self._state, self._fresh = state, 0
        at = (self._next + np.arange(len(places))) % max(len(self.places), 1)
        if not len(places) or not np.array_equal(self.places[at], places):
            return False
        # A broken model's errors sort as infinitely bad.
        self.errors[at] = np.nan_to_num(errors, nan=np.inf)
        self._fresh += len(places)
        # A round that began before the model stood still holds errors of before; the ranking is put right once all are new.
        is_complete = self._next + len(places) >= len(self.places) or self.is_fresh
        self._next = (self._next + len(places)) % len(self.places)
        if is_complete:
            self.ranking = self.places[np.argsort(-self.errors, kind="stable")]
        return is_complete
