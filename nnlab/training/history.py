"""The scalars of a training run over time, in columns that grow to a fixed length and then get coarser."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.metrics import CLASS_METRICS
from nnlab.models.metrics.metric import Metric
from nnlab.training.energies import ENERGY_COLUMNS, energy_row
from nnlab.training.epoch_end import EpochEnd
from nnlab.training.step import Step

# Five columns of this length are 2.6 MB, however long the run, and are drawn within a frame.
MOST_ROWS = 2**16


class Series:
    """A growing array of numbers; appending costs amortised constant time, reading is a view.

    When all rows are taken, two neighbours become one - their mean, or the later of the two - and from then on a row
    stands for twice as many numbers. Numbers that do not fill a row yet wait until they do.
    """

    def __init__(self, merging: Literal["mean", "last"] = "last", most: int = MOST_ROWS) -> None:
        self.merging, self.most = merging, most
        self.stride = 1  # how many numbers a row stands for
        self._numbers = np.empty(min(1024, most))
        self._count = 0
        self.waiting = np.empty(0)  # numbers that do not fill a row yet

    def extend(self, numbers: Iterable[float]) -> None:
        """Add at the end."""
        added = numbers if isinstance(numbers, np.ndarray) else np.fromiter(numbers, float)
        new = np.concatenate([self.waiting, added])
        while len(new) // self.stride > self.most - self._count:
            taken = (self.most - self._count) * self.stride
            self._append(new[:taken])
            new = new[taken:]
            self._halve()
        whole = len(new) // self.stride * self.stride
        self._append(new[:whole])
        self.waiting = new[whole:].copy()

    def restore(self, rows: Array, stride: int, waiting: Array) -> None:
        """As a column with these was."""
        self._numbers = np.array(rows, float) if len(rows) else np.empty(1)
        self._count, self.stride, self.waiting = len(rows), stride, np.array(waiting, float)

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

    @property
    def all_values(self) -> Array:
        """The rows, and each of the numbers that wait to become one."""
        return np.concatenate([self.values, self.waiting])

    @property
    def last(self) -> float:
        """The number that was added last; 0 before the first."""
        numbers = self.waiting if len(self.waiting) else self.values
        return float(numbers[-1]) if len(numbers) else 0.0

    def __len__(self) -> int:
        return self._count


def step_columns(score: str) -> tuple[str, ...]:
    """What is known of a step; `score` is the name of the metric that stands beside the loss."""
    return ("step", "epoch", "loss", score, "learning_rate")


TIME_COLUMNS = ("step", "seconds")  # of training, which a run had behind it after the step


def epoch_columns(score: str) -> tuple[str, ...]:
    """What is known of an epoch."""
    return ("step", "epoch", "train_loss", f"train_{score}", "validation_loss", f"validation_{score}")


class History:
    """Every step's loss and score, and every epoch's training and validation figures, in columns called by the score's name.

    In `steps` the epoch has fractions: 2.5 is half way through the third. Of a very long run each row is of several steps
    (`stride`): the mean of their losses and scores at the last one's number; of so many epochs, the last one's figures.

    `times` says of some steps for how long the run had been trained after them: whoever trains it looks at a clock now and
    then, and the steps between two looks are taken to be equally long. `energies` has a row for every epoch of a Boltzmann
    machine, and none of other models.
    """

    def __init__(self, most: int = MOST_ROWS, score: Metric[Any] = CLASS_METRICS[0]) -> None:
        self.score = score
        means = ("loss", score.name)
        self.steps = {name: Series("mean" if name in means else "last", most) for name in step_columns(score.name)}
        self.epochs = {name: Series("last", most) for name in epoch_columns(score.name)}
        self.times = {name: Series("last", most) for name in TIME_COLUMNS}
        self.energies = {name: Series("last", most) for name in ENERGY_COLUMNS}
        self.best: dict[str, float] = {}  # the row of the best epoch so far, which merging must not lose

    @property
    def tables(self) -> dict[str, dict[str, Series]]:
        """All of them, by their names in files."""
        return {"steps": self.steps, "epochs": self.epochs, "times": self.times, "energies": self.energies}

    @property
    def stride(self) -> int:
        """How many steps a row of `steps` stands for."""
        return self.steps["step"].stride

    def extend(self, steps: list[Step]) -> None:
        """Add steps in the order they were made; a run that went back makes some again."""
        if steps:
            self.forget_after(steps[0].number - 1)
            self._extend_steps(steps)
        ends = [step for step in steps if step.epoch_end]
        rows = [self._epoch_row(step.number, step.epoch_end) for step in ends if step.epoch_end]
        for name, column in self.epochs.items() if rows else ():
            column.extend(row[name] for row in rows)
        for step, row in zip(ends, rows, strict=True):
            if step.epoch_end and step.epoch_end.is_best:
                self.best = row
            if step.epoch_end and step.epoch_end.energies is not None:
                for name, value in energy_row(step.number, step.epoch_end.epoch, step.epoch_end.energies).items():
                    self.energies[name].extend([value])

    def _extend_steps(self, steps: list[Step]) -> None:
        # Series by column: a microsecond for each step would be over a hundredth of a small model's own.
        columns = dict(zip(Step._fields, zip(*steps, strict=True), strict=True))
        epoch, batch, batches = (np.array(columns[name], float) for name in ("epoch", "batch", "batches"))
        values = {"step": columns["number"], "epoch": epoch - 1 + batch / batches, self.score.name: columns["score"]}
        for name, column in self.steps.items():
            column.extend(np.array(values.get(name, columns.get(name)), float))

    def end_epoch(self, row: Mapping[str, float], is_best: bool) -> None:
        """Add the figures of an epoch, by the names of its columns, of a run whose steps are not nnlab's own."""
        for name, column in self.epochs.items():
            column.extend([row[name]])
        if is_best:
            self.best = dict(row)

    def note_time(self, number: int, seconds: float) -> None:
        """After this step the run had been trained for so many seconds."""
        if self.times["step"].last < number or not len(self.times["step"]):
            for name, value in zip(TIME_COLUMNS, (number, seconds), strict=True):
                self.times[name].extend([value])

    def seconds_after(self, numbers: Array) -> Array:
        """For how long the run had been trained after each of these steps; NaN where nobody looked at a clock."""
        known, seconds = (self.times[name].all_values for name in TIME_COLUMNS)
        if not len(known):
            return np.full(len(numbers), np.nan)
        found: Array = np.interp(numbers, known, seconds, left=np.nan, right=np.nan)
        return found

    @property
    def seconds(self) -> float:
        """Of training, as far as is known."""
        return self.times["seconds"].last

    def forget_after(self, number: int) -> None:
        """The run stands at this step: what came later was taken back."""
        if self.number <= number:
            return
        for columns in self.tables.values():
            step = columns["step"]
            rows, waiting = (int(np.searchsorted(part, number, side="right")) for part in (step.values, step.waiting))
            for column in columns.values():
                rest = column.waiting[:waiting] if rows == len(column) else np.empty(0)
                column.restore(column.values[:rows], column.stride, rest)
        if self.best.get("step", 0) > number:
            self.best = {}

    @property
    def number(self) -> int:
        """The last step that was added; 0 before the first."""
        return int(self.steps["step"].last)

    def copy(self) -> "History":
        """The same in memory of its own."""
        copy = History(self.steps["step"].most, self.score)
        for table, own in self.tables.items():
            for name, column in own.items():
                copy.tables[table][name].restore(column.values, column.stride, column.waiting)
        copy.best = dict(self.best)
        return copy

    def begin_with(self, number: int, best: EpochEnd) -> None:
        """A run that goes on had its best epoch so far, which ended after so many steps, before this history."""
        self.best = self._epoch_row(number, best)

    def _epoch_row(self, number: int, end: EpochEnd) -> dict[str, float]:
        figures = (end.train_loss, end.train_score, end.validation.loss, end.validation.score)
        return dict(zip(epoch_columns(self.score.name), (float(number), float(end.epoch), *figures), strict=True))
