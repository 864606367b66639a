"""Where somebody who goes back and forth in a run has been: a few of its states in memory, the more the nearer."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from nnlab.experiments.experiment import Experiment
from nnlab.models.arrays import Array
from nnlab.training.checkpoint import BestEpoch, Checkpoint

MOST_BYTES = 256 << 20
# Within this share of all steps from where one is, places are worth the more the nearer they are.
_NEAR = 1 / 64


@dataclass(frozen=True, eq=False)
class Stay:
    """The whole state of a run after some step, and its experiment as it then was."""

    checkpoint: Checkpoint
    experiment: Experiment

    @property
    def step(self) -> int:
        """Updates made."""
        return self.checkpoint.counters.step


class Stays:
    """By their steps, within a number of bytes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._stays: dict[int, Stay] = {}
        self._latest: Stay | None = None

    def __len__(self) -> int:
        return len(self._stays)

    def __contains__(self, step: int) -> bool:
        return step in self._stays

    def add(self, stay: Stay) -> None:
        """One more, until there is no room. What it has in common with the one before it has in the same memory."""
        stay = Stay(_sharing(stay.checkpoint, self._latest.checkpoint if self._latest else None), stay.experiment)
        self._stays[stay.step] = self._latest = stay

    def nearest(self, first: int, last: int) -> Stay | None:
        """The latest of those after `first` steps at least and `last` at most."""
        steps = [step for step in self._stays if first <= step <= last]
        return self._stays[max(steps)] if steps else None

    def forget_from(self, step: int) -> None:
        """From there on the run went another way."""
        self._stays = {at: stay for at, stay in self._stays.items() if at < step}
        self._latest = None

    def thin(self, here: int, elsewhere: Collection[int]) -> None:
        """Make room. The place goes whose gap is smallest, seen from `here`:

            (next - previous) / min(|this - here| + 1, a small share of all steps)

        so that just around it the way from one to the next is about as long as the way to here, and farther off all ways are
        about equally long. elsewhere: the steps of other states that can be had, which make gaps smaller
        """
        while len(self._stays) > 1 and self._bytes_held > self._most_bytes:
            steps = sorted({*self._stays, *elsewhere})
            far = max(steps[-1] - steps[0], 1) * _NEAR
            ends = dict(zip(steps, zip([steps[0], *steps], [*steps[1:], steps[-1]], strict=False), strict=True))
            worth = {step: (ends[step][1] - ends[step][0]) / min(abs(step - here) + 1, far) for step in self._stays}
            del self._stays[min(worth, key=lambda step: worth[step])]

    @property
    def _bytes_held(self) -> int:
        arrays = {id(array): array.nbytes for stay in self._stays.values() for array in _arrays(stay.checkpoint)}
        return sum(arrays.values())


def _sharing(checkpoint: Checkpoint, before: Checkpoint | None) -> Checkpoint:
    """A copy in memory of its own, but for the best epoch and the way back where these are still the same."""
    copy = checkpoint.copy()
    if before is None:
        return copy
    best, fallback = copy.best, copy.fallback
    if best is not None and before.best is not None and best.end is before.best.end:
        best = BestEpoch(best.end, before.best.numbers)
    if (fallback.counters, fallback.events) == (before.fallback.counters, before.fallback.events):
        fallback = before.fallback
    return replace(copy, best=best, fallback=fallback)


def _arrays(checkpoint: Checkpoint) -> list[Array]:
    numbers = [checkpoint.numbers, checkpoint.fallback.numbers, *([checkpoint.best.numbers] if checkpoint.best else [])]
    return [*checkpoint.vectors.values(), *(part for kept in numbers for part in (kept.parameters, kept.buffers))]
