"""What the processes of a crew have in common: the numbers of a run, and what is to be done in the next stretch of steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.models.arrays import Array, Shape
from nnlab.training.crew.meeting import STRIDE
from nnlab.training.crew.shared_block import SharedBlock, total_bytes
from nnlab.training.way_back import STEPS_BETWEEN_COPIES

# Steps of one stretch: between two copies of the way back there are not more.
MOST_STEPS = STEPS_BETWEEN_COPIES
# Positions of examples in one stretch, beyond those of a single batch.
_MOST_POSITIONS = 16384
# Places in `task`.
STEPS, FIRST, OPTIMIZER_STEP, IS_OFF, STRETCHES = range(5)


@dataclass(frozen=True)
class BoardPlan:
    """How large it all is: both sides make the board of this.

    size: parameters    vectors: the optimizer's, by name    batch: examples of the largest step
    """

    size: int
    dtype: str
    helpers: int
    vectors: tuple[str, ...]
    batch: int

    @property
    def positions(self) -> int:
        """How many positions of examples fit."""
        return self.batch + _MOST_POSITIONS

    @property
    def arrays(self) -> dict[str, tuple[Shape, Any]]:
        """All that is on the board, shape and type by name, in the order in which it lies there."""
        numbers = (self.size,), self.dtype
        # A single hand's gradient is that of the batch.
        ranks = range(self.helpers) if self.helpers > 1 else ()
        flags = (self.helpers * STRIDE,), np.int64
        return {
            "values": numbers,
            "gradient": numbers,
            **{f"gradient {rank}": numbers for rank in ranks},
            **{f"vector {name}": numbers for name in self.vectors},
            "positions": ((self.positions,), np.int64),
            "ends": ((MOST_STEPS + 1,), np.int64),
            "rates": ((MOST_STEPS,), np.float64),
            "told": ((MOST_STEPS, self.helpers, 2), np.float64),
            "squares": ((self.helpers,), np.float64),
            "counts": flags,
            "ready": flags,
            "task": ((STRIDE,), np.int64),
        }

    @property
    def bytes(self) -> int:
        """Of the block that it is made in."""
        return total_bytes(list(self.arrays.values()))


class Board:
    """Views of one shared block.

    values, gradient (size,): of the model    gradients: each hand's own    vectors: the optimizer's
    positions, ends: the examples of each step of a stretch, one after the other, and where each step's end
    rates (steps,)    told (steps, helpers, 2): loss and score of each hand's part
    squares (helpers,): sums of the squares of each slice of the gradient
    counts, ready: how often each hand came to a meeting, and whether it has come at all
    task: of the present stretch how many steps it has, the number of its first, and that counted from the optimizer's start;
    then whether all is off, and how many stretches there were
    """

    def __init__(self, plan: BoardPlan, block: SharedBlock) -> None:
        self.plan, self.block = plan, block
        made = {name: block.array(shape, dtype) for name, (shape, dtype) in plan.arrays.items()}
        self.values, self.gradient = made["values"], made["gradient"]
        self.gradients = [made[f"gradient {rank}"] for rank in range(plan.helpers)] if plan.helpers > 1 else [self.gradient]
        self.vectors = {name: made[f"vector {name}"] for name in plan.vectors}
        self.positions, self.ends, self.rates = made["positions"], made["ends"], made["rates"]
        self.told, self.squares = made["told"], made["squares"]
        # To read or write a number through a memoryview takes a fraction of what it takes in an array.
        self.counts, self.ready, self.task = (made[name].data for name in ("counts", "ready", "task"))

    def write(self, batches: Sequence[Array], rates: Sequence[float], first: int, optimizer_step: int) -> None:
        """Say what the next stretch is."""
        ends = np.cumsum([0, *(len(batch) for batch in batches)])
        self.ends[: len(ends)] = ends
        np.concatenate(batches, out=self.positions[: ends[-1]])
        self.rates[: len(rates)] = rates
        for place, number in ((STEPS, len(batches)), (FIRST, first), (OPTIMIZER_STEP, optimizer_step)):
            self.task[place] = number

    def batch(self, place: int) -> Array:
        """The positions of the examples of a step of the stretch."""
        return self.positions[self.ends[place] : self.ends[place + 1]]
