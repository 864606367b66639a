"""The scalars of a training run over time, in columns that grow to a fixed length and then get coarser."""

from collections.abc import Iterable
from typing import Literal

import numpy as np

from nnlab.models.arrays import Array
from nnlab.training.epoch_end import EpochEnd
from nnlab.training.loop import Step

# Five columns of this length are 2.6 MB, however long the run, and are drawn within a frame.
MOST_ROWS = 2**16


class Column:
    """A growing array of numbers; appending costs amortised constant time, reading is a view.

    When all rows are taken, two neighbours become one - their mean, or the later of the two - and from then on a row
    stands for twice as many numbers. Numbers that do not fill a row yet wait until they do.
    """

    def __init__(self, merging: Literal["mean", "last"] = "last", most: int = MOST_ROWS) -> None:
        self.merging, self.most = merging, most
        self.stride = 1  # how many numbers a row stands for
        self._numbers = np.empty(min(1024, most))
        self._count = 0
        self._waiting = np.empty(0)

    def extend(self, numbers: Iterable[float]) -> None:
        """Add at the end."""
        new = np.concatenate([self._waiting, np.fromiter(numbers, float)])
        while len(new) // self.stride > self.most - self._count:
            taken = (self.most - self._count) * self.stride
            self._append(new[:taken])
            new = new[taken:]
            self._halve()
        whole = len(new) // self.stride * self.stride
        self._append(new[:whole])
        self._waiting = new[whole:].copy()

    def _append(self, numbers: Array) -> None:
        rows = self._merged(numbers, self.stride)
        needed = self._count + len(rows)
        if needed > len(self._numbers):
            grown = np.empty(min(max(needed, 2 * len(self._numbers)), self.most))
            grown[: self._count] = self.values
            self._numbers = grown
        self._numbers[self._count : needed] = rows
        self._count = needed

    def _halve(self) -> None:
        rows = self._merged(self.values, 2)
        self._count = len(rows)
        self._numbers[: self._count] = rows
        self.stride *= 2

    def _merged(self, numbers: Array, size: int) -> Array:
        groups = numbers.reshape(-1, size)
        return groups.mean(axis=1) if self.merging == "mean" else groups[:, -1]

    @property
    def values(self) -> Array:
        """All rows so far, a view."""
        return self._numbers[: self._count]

    def __len__(self) -> int:
        return self._count


STEP_COLUMNS = ("step", "epoch", "loss", "accuracy", "learning_rate")
EPOCH_COLUMNS = ("step", "epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy")


class History:
    """Every step's loss and accuracy, and every epoch's training and validation figures.

    In `steps` the epoch has fractions: 2.5 is half way through the third. Of a very long run each row is of several steps
    (`stride`): the mean of their losses and accuracies at the last one's number; of so many epochs, the last one's figures.
    """

    def __init__(self, most: int = MOST_ROWS) -> None:
        means = ("loss", "accuracy")
        self.steps = {name: Column("mean" if name in means else "last", most) for name in STEP_COLUMNS}
        self.epochs = {name: Column("last", most) for name in EPOCH_COLUMNS}
        self.best: dict[str, float] = {}  # the row of the best epoch so far, which merging must not lose

    @property
    def stride(self) -> int:
        """How many steps a row of `steps` stands for."""
        return self.steps["step"].stride

    def extend(self, steps: list[Step]) -> None:
        """Add steps in the order they were made."""
        for name, numbers in zip(STEP_COLUMNS, zip(*map(_step_row, steps), strict=True), strict=False):
            self.steps[name].extend(numbers)
        ends = [(step.number, step.epoch_end) for step in steps if step.epoch_end]
        for number, end in ends:
            row = _epoch_row(number, end)
            for name, value in row.items():
                self.epochs[name].extend((value,))
            if end.is_best:
                self.best = row

    def begin_with(self, number: int, best: EpochEnd) -> None:
        """A run that goes on had its best epoch so far, which ended after so many steps, before this history."""
        self.best = _epoch_row(number, best)


def _epoch_row(number: int, end: EpochEnd) -> dict[str, float]:
    figures = (end.train_loss, end.train_accuracy, end.validation.loss, end.validation.accuracy)
    return dict(zip(EPOCH_COLUMNS, (float(number), float(end.epoch), *figures), strict=True))


def _step_row(step: Step) -> tuple[float, ...]:
    return step.number, step.epoch - 1 + step.batch / step.batches, step.loss, step.accuracy, step.learning_rate
