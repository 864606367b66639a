"""The scalars of a training run over time, in columns that grow."""

from collections.abc import Iterable

import numpy as np

from nnlab.models.arrays import Array
from nnlab.training.loop import Step


class Column:
    """A growing array of numbers; appending costs amortised constant time, reading is a view."""

    def __init__(self) -> None:
        self._numbers = np.empty(1024)
        self._count = 0

    def extend(self, numbers: Iterable[float]) -> None:
        """Add at the end."""
        new = np.fromiter(numbers, float)
        needed = self._count + len(new)
        if needed > len(self._numbers):
            grown = np.empty(max(needed, 2 * len(self._numbers)))
            grown[: self._count] = self.values
            self._numbers = grown
        self._numbers[self._count : needed] = new
        self._count = needed

    @property
    def values(self) -> Array:
        """All numbers so far, a view."""
        return self._numbers[: self._count]

    def __len__(self) -> int:
        return self._count


STEP_COLUMNS = ("step", "epoch", "loss", "accuracy", "learning_rate")
EPOCH_COLUMNS = ("step", "epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy")


class History:
    """Every step's loss and accuracy, and every epoch's training and validation figures.

    In `steps` the epoch has fractions: 2.5 is half way through the third.
    """

    def __init__(self) -> None:
        self.steps = {name: Column() for name in STEP_COLUMNS}
        self.epochs = {name: Column() for name in EPOCH_COLUMNS}
        self.best_epoch = 0

    @property
    def best_row(self) -> int | None:
        """The row of the best epoch among those recorded here, which need not begin with the first."""
        return self.row_of(self.best_epoch)

    def row_of(self, epoch: int) -> int | None:
        """The row of an epoch in `epochs`."""
        rows = np.flatnonzero(self.epochs["epoch"].values == epoch)
        return int(rows[-1]) if len(rows) else None

    def extend(self, steps: list[Step]) -> None:
        """Add steps in the order they were made."""
        for name, numbers in zip(STEP_COLUMNS, zip(*map(_step_row, steps), strict=True), strict=False):
            self.steps[name].extend(numbers)
        ends = [(step.number, step.epoch_end) for step in steps if step.epoch_end]
        for number, end in ends:
            row = (
                number,
                end.epoch,
                end.train_loss,
                end.train_accuracy,
                end.validation.loss,
                end.validation.accuracy,
            )
            for name, value in zip(EPOCH_COLUMNS, row, strict=True):
                self.epochs[name].extend((value,))
            if end.is_best:
                self.best_epoch = end.epoch


def _step_row(step: Step) -> tuple[float, ...]:
    return step.number, step.epoch - 1 + step.batch / step.batches, step.loss, step.accuracy, step.learning_rate
