"""Which steps of several runs belong together: the same number of updates, or the same share of their epochs."""

from collections.abc import Sequence

import numpy as np

from nnlab.models.arrays import Array
from nnlab.training.history import History


class Alongside:
    """Places on one timeline for several runs, from 0 to `last`. A run that has ended stands at its end.

    By step a place is the number of updates. By epoch it is that of the run with the most updates, and the others are where
    they had seen as many of their examples: with other batch sizes that takes other numbers of updates.
    """

    def __init__(self, histories: Sequence[History], ends: Sequence[tuple[int, float]], by_epoch: bool = False) -> None:
        """ends: of each run how many updates it has made, and how many epochs"""
        self.by_epoch = by_epoch
        self._lasts = tuple(step for step, _ in ends)
        self._ways = [_way(history, *end) for history, end in zip(histories, ends, strict=True)]
        self._guide = int(np.argmax(self._lasts)) if self._lasts else 0

    @property
    def last(self) -> int:
        """The last place."""
        return max(self._lasts, default=0)

    def steps_at(self, place: int) -> tuple[int, ...]:
        """The step of each run there."""
        place = min(max(place, 0), self.last)
        if not self.by_epoch:
            return tuple(min(place, last) for last in self._lasts)
        epoch = self._epoch(place)
        found = (round(float(np.interp(epoch, epochs, steps))) for steps, epochs in self._ways)
        # What the guide has at its own place must not be lost in the rounding of its epochs.
        return tuple(place if run == self._guide else step for run, step in enumerate(found))

    def place_of(self, run: int, step: int) -> int:
        """Where a run is at this step."""
        if not self.by_epoch:
            return min(step, self.last)
        steps, epochs = self._ways[self._guide]
        own_steps, own_epochs = self._ways[run]
        return round(float(np.interp(np.interp(step, own_steps, own_epochs), epochs, steps)))

    def words_at(self, place: int) -> str:
        """Such as "step 120", or "epoch 1.50"."""
        return f"epoch {self._epoch(place):.2f}" if self.by_epoch else f"step {min(place, self.last):,}"

    def _epoch(self, place: int) -> float:
        steps, epochs = self._ways[self._guide]
        return float(np.interp(place, steps, epochs))


def _way(history: History, last: int, last_epoch: float) -> tuple[Array, Array]:
    """(steps, epochs): how many epochs were done after how many updates, from the first that is known to the last."""
    steps, epochs = history.steps["step"].values, history.steps["epoch"].values
    if not len(steps):
        return np.array([0.0, float(last)]), np.array([0.0, last_epoch])
    # Of a run out of a file the first steps are not known; any other begins before step 1, with nothing seen.
    begin = max(float(steps[0]) - 1, 0.0)
    before = max(float(epochs[0] - (epochs[1] - epochs[0] if len(epochs) > 1 else epochs[0])), 0.0)
    # The last rows of a coarse history may not be full yet.
    rest = [(last, last_epoch)] if last > steps[-1] else []
    after, done = [step for step, _ in rest], [epoch for _, epoch in rest]
    return np.concatenate([[begin], steps, after]), np.concatenate([[before], epochs, done])
