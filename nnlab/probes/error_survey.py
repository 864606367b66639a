"""Which examples are reconstructed worst and best: the errors of a sample, measured a few per look."""

import numpy as np

from nnlab.datasets.split import Index, spread
from nnlab.models.arrays import Array

_MOST = 1000


class ErrorSurvey:
    """Goes round through a sample of examples and keeps the last known error of each.

    places (count,)    errors (count,), NaN while unknown

    The ranking changes only when a round is complete: a gallery that follows it stands still in between. Once the model
    stands still, one more round makes all errors those of the model as it is, and `next_places` has no more to ask for.
    It is part of a probe's memory, and nobody else looks inside.
    """

    def __init__(self, candidates: Index) -> None:
        self.places = spread(candidates, _MOST)
        self.errors = np.full(len(self.places), np.nan)
        self.ranking = self.places
        self._next = 0
        self._fresh = 0
        self._state: object = None

    @property
    def is_fresh(self) -> bool:
        """Whether all errors are of the model as it was at the last look."""
        return self._fresh >= len(self.places)

    def next_places(self, state: object, count: int) -> Index:
        """What to measure next of a model in such a state: so many at most."""
        if state != self._state:
            self._state, self._fresh = state, 0
        if self.is_fresh:
            return self.places[:0]
        return self.places[(self._next + np.arange(min(count, len(self.places)))) % len(self.places)]

    def take(self, errors: Array) -> None:
        """The errors of those places."""
        if not len(errors):
            return
        at = (self._next + np.arange(len(errors))) % len(self.places)
        # A broken model's errors sort as infinitely bad.
        self.errors[at] = np.nan_to_num(errors, nan=np.inf)
        self._fresh += len(errors)
        # A round that began before the model stood still holds errors of before; the ranking is put right once all are new.
        is_complete = self._next + len(errors) >= len(self.places) or self.is_fresh
        self._next = (self._next + len(errors)) % len(self.places)
        if is_complete:
            self.ranking = self.places[np.argsort(-self.errors, kind="stable")]
