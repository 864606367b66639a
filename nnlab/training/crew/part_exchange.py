"""What the parts of a batch tell each other where examples act on each other: means, in memory that all of them see."""

from collections.abc import Callable

import numpy as np

from nnlab.models.arrays import Array, Shape
from nnlab.models.exchange import Exchange
from nnlab.training.crew.parts import shares_of

# Numbers of two parts never lie on one cache line.
_LINE = 16


def slots_shape(parts: int, numbers: int) -> Shape:
    """Of the memory for so many parts, which exchange so many numbers at a time at most: (2, parts, numbers)."""
    return 2, parts, -(-numbers // _LINE) * _LINE


class PartExchange(Exchange):
    """Of one part, while others compute the other parts.

    slots (2, parts, numbers): what each part found, in two places by turns    wait: to come, and stay until all others did

    One meeting for each exchange is enough. Who writes into a place again has come out of the meeting of the exchange
    between, to which each other part came when it had read what was in that place before.
    """

    def __init__(self, rank: int, slots: Array, wait: Callable[[], object]) -> None:
        self._rank, self._slots, self._wait = rank, slots, wait
        self._examples, self._share, self._turn = 0, 0.0, 0

    def begin(self, examples: int) -> None:
        """A batch of so many examples; all have met since they read anything of the one before."""
        self._examples, self._share, self._turn = examples, shares_of(examples, self._slots.shape[1])[self._rank], 0

    def mean(self, found: Array) -> Array:
        """sum_r share_r found_r, in the same order for every part."""
        told = self._slots[self._turn, :, : found.size]
        self._turn = 1 - self._turn
        own = told[self._rank].reshape(found.shape)
        if self._share:
            np.multiply(found, self._share, out=own)
        else:
            # It may be no number.
            own.fill(0)
        self._wait()
        return np.asarray(np.add.reduce(told, axis=0).reshape(found.shape))

    def examples(self, count: int) -> int:
        """Of all parts."""
        return self._examples
