"""One stretch of steps on the board: what is to be done, and what each hand found."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.models.arrays import Array, Shape
from nnlab.training.way_back import STEPS_BETWEEN_COPIES

# Steps of one stretch: between two copies of the way back there are not more.
MOST_STEPS = STEPS_BETWEEN_COPIES
# Places in `task`.
STEPS, FIRST, OPTIMIZER_STEP, FOLLOWS, HAS_FINITE_BUFFERS = range(5)


def sheet_arrays(positions: int, helpers: int) -> dict[str, tuple[Shape, Any]]:
    """What is on a sheet with room for so many positions of examples: shape and type by name."""
    return {
        "positions": ((positions,), np.int64),
        "ends": ((MOST_STEPS + 1,), np.int64),
        "rates": ((MOST_STEPS,), np.float64),
        "told": ((MOST_STEPS, helpers, 2), np.float64),
        "task": ((5,), np.int64),
    }


class Sheet:
    """Written by the owner before the stretch is begun; the hands write what they are to tell.

    positions, ends: the examples of each step, one after the other, and where each step's end    rates (steps,)
    told (steps, helpers, 2): loss and score of each hand's part
    task: how many steps there are, the number of the first, that counted from the optimizer's start, and whether they follow
    on those of the stretch before; then, of the hands, whether the model's buffers were finite behind the first one's pass
    """

    def __init__(self, made: Mapping[str, Array]) -> None:
        self.positions, self.ends, self.rates, self.told = (made[name] for name in ("positions", "ends", "rates", "told"))
        # To read or write a number through a memoryview takes a fraction of what it takes in an array.
        self.task = made["task"].data

    def write(
        self, batches: Sequence[Array], rates: Sequence[float], first: int, optimizer_step: int, follows: bool
    ) -> None:
        """Say what the stretch is."""
        ends = np.cumsum([0, *(len(batch) for batch in batches)])
        self.ends[: len(ends)] = ends
        np.concatenate(batches, out=self.positions[: ends[-1]])
        self.rates[: len(rates)] = rates
        numbers = {STEPS: len(batches), FIRST: first, OPTIMIZER_STEP: optimizer_step, FOLLOWS: follows}
        for place, number in numbers.items():
            self.task[place] = number

    def batch(self, place: int) -> Array:
        """The positions of the examples of a step."""
        return self.positions[self.ends[place] : self.ends[place + 1]]
