"""What the processes of a crew have in common: the numbers of a run, and the stretches of steps that are next."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.models.arrays import Array, Shape
from nnlab.training.crew.meeting import STRIDE
from nnlab.training.crew.part_exchange import slots_shape
from nnlab.training.crew.shared_block import SharedBlock, total_bytes
from nnlab.training.crew.sheet import Sheet, sheet_arrays

# Stretches that may stand there at a time: helpers beside an owner go from one to the next without waiting for it, who may
# be waiting for the window's thread (a thirtieth of their time).
SHEETS = 2
# Positions of examples in one stretch, beyond those of a single batch.
_MOST_POSITIONS = 16384
# Places in `task`.
IS_OFF, BEGUN, TAKEN = range(3)


@dataclass(frozen=True)
class BoardPlan:
    """How large it all is: both sides make the board of this.

    size: parameters    buffers: the model's, in numbers    vectors: the optimizer's, by name
    batch: examples of the largest step    exchanged: numbers that its parts exchange at a time, at most
    is_apart: the owner is none of the hands, and takes what a stretch made while they make the next
    """

    size: int
    buffers: int
    dtype: str
    helpers: int
    vectors: tuple[str, ...]
    batch: int
    exchanged: int
    is_apart: bool

    @property
    def positions(self) -> int:
        """How many positions of examples fit in a stretch."""
        return self.batch + _MOST_POSITIONS

    @property
    def numbers(self) -> tuple[str, ...]:
        """The vectors that are of a run's present step, by name."""
        return ("values", "gradient", *self.vectors, "buffers")

    @property
    def arrays(self) -> dict[str, tuple[Shape, Any]]:
        """All that is on the board, shape and type by name, in the order in which it lies there."""
        numbers = (self.size,), self.dtype
        of_run = dict.fromkeys(self.numbers, numbers) | {"buffers": ((self.buffers,), self.dtype)}
        # A single hand's gradient is that of the batch.
        ranks = range(self.helpers) if self.helpers > 1 else ()
        flags = (self.helpers * STRIDE,), np.int64
        sheet = sheet_arrays(self.positions, self.helpers)
        return {
            **of_run,
            **({f"last {name}": like for name, like in of_run.items()} if self.is_apart else {}),
            **{f"gradient {rank}": numbers for rank in ranks},
            **{f"{name} {number}": like for number in range(SHEETS) for name, like in sheet.items()},
            "exchange": (slots_shape(self.helpers, self.exchanged), self.dtype),
            "squares": ((self.helpers,), np.float64),
            "counts": flags,
            "pulses": flags,
            "task": ((STRIDE,), np.int64),
        }

    @property
    def bytes(self) -> int:
        """Of the block that it is made in."""
        return total_bytes(list(self.arrays.values()))


class Board:
    """Views of one shared block.

    numbers (size,): the values, the gradient and the optimizer's vectors, by name, as the hands change them, and the model's
    buffers, which the first hand moves    last: the same as they were at the end of the last stretch; where the owner is a
    hand it is they    gradients (size,): each hand's own    exchange: where their passes meet (`PartExchange`)
    squares (helpers,): sums of the squares of each slice of the gradient
    counts, pulses: how often each hand came to a meeting, and how often its pulse beat (`Pulse`)
    task: whether all is off, how many stretches were begun, and of how many the owner has taken what they made
    """

    def __init__(self, plan: BoardPlan, block: SharedBlock) -> None:
        self.plan, self.block = plan, block
        made = {name: block.array(shape, dtype) for name, (shape, dtype) in plan.arrays.items()}
        self.numbers = {name: made[name] for name in plan.numbers}
        self.last = {name: made[f"last {name}"] for name in plan.numbers} if plan.is_apart else self.numbers
        whole = [self.numbers["gradient"]]
        self.gradients = [made[f"gradient {rank}"] for rank in range(plan.helpers)] if plan.helpers > 1 else whole
        names = sheet_arrays(0, 0)
        self._sheets = [Sheet({name: made[f"{name} {number}"] for name in names}) for number in range(SHEETS)]
        self.exchange: Array = made["exchange"]
        self.squares: Array = made["squares"]
        # To read or write a number through a memoryview takes a fraction of what it takes in an array.
        self.counts, self.pulses, self.task = (made[name].data for name in ("counts", "pulses", "task"))

    def sheet(self, number: int) -> Sheet:
        """Of the stretch that so many were begun before."""
        return self._sheets[number % SHEETS]
