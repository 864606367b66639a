"""What the processes of a crew have in common: the numbers of a run, and what is to be done in the next stretch of steps."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    def bytes(self) -> int:
        """Of the block that it is made in."""
        gradients = self.helpers if self.helpers > 1 else 0
        numbers: list[tuple[Shape, object]] = [((self.size,), self.dtype)] * (2 + gradients + len(self.vectors))
        lists: list[tuple[Shape, object]] = [((self.positions,), np.int64), ((MOST_STEPS + 1,), np.int64)]
        tables: list[tuple[Shape, object]] = [((MOST_STEPS,), np.float64), ((MOST_STEPS, self.helpers, 2), np.float64)]
        partial: list[tuple[Shape, object]] = [((self.helpers,), np.float64)]
        flags: list[tuple[Shape, object]] = [((self.helpers * STRIDE,), np.int64), ((self.helpers * STRIDE,), np.int64)]
        return total_bytes([*numbers, *lists, *tables, *partial, *flags, ((STRIDE,), np.int64)])


class Board:
    """Views of one shared block.

    values, gradient (size,): of the model    gradients: each hand's own    vectors: the optimizer's
    positions, ends: the examples of each step of a stretch, one after the other, and where each step's end
    rates (steps,)    told (steps, helpers, 2): loss and score of each hand's part
    squares (helpers,): sums of the squares of each slice of the gradient
    """

    def __init__(self, plan: BoardPlan, block: SharedBlock) -> None:
        self.plan, self.block = plan, block
        size, dtype = (plan.size,), plan.dtype
        self.values, self.gradient = block.array(size, dtype), block.array(size, dtype)
        # A single hand's gradient is that of the batch.
        self.gradients = [block.array(size, dtype) for _ in range(plan.helpers)] if plan.helpers > 1 else [self.gradient]
        self.vectors = {name: block.array(size, dtype) for name in plan.vectors}
        self.positions = block.array((plan.positions,), np.int64)
        self.ends = block.array((MOST_STEPS + 1,), np.int64)
        self.rates = block.array((MOST_STEPS,), np.float64)
        self.told = block.array((MOST_STEPS, plan.helpers, 2), np.float64)
        self.squares = block.array((plan.helpers,), np.float64)
        self.counts, self.ready = block.numbers(plan.helpers * STRIDE), block.numbers(plan.helpers * STRIDE)
        # Of the present stretch how many steps it has, the number of its first, and that counted from the optimizer's start;
        # then whether all is off, and how many stretches there were.
        self.task = block.numbers(STRIDE)

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
