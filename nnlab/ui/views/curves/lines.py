"""The lines that a panel draws of one figure of a run, whichever run it is."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.model import Phase
from nnlab.training.history import History
from nnlab.ui.views.curves.smoothing import settled, smoothed
from nnlab.ui.views.curves.time_axis import along


@dataclass(frozen=True, eq=False)
class Lines:
    """Of every step the value and the mean of what was seen around it; of every epoch the value on held-back examples.

    x, raw, mean (steps,)    ends, validation (epochs,)    changes: the places in x at which another phase begins
    borders: where on the axis the phases after the first begin, NaN of one that has not begun    begin: behind what it lies
    """

    x: Array
    raw: Array
    mean: Array
    ends: Array
    validation: Array
    changes: tuple[int, ...] = ()
    borders: tuple[float, ...] = ()
    begin: float = -np.inf
    settled: int | None = None  # how many of the means are of enough to be drawn; None is all

    @property
    def settled_means(self) -> tuple[Array, Array, list[int]]:
        """Places and means that are of enough to be drawn, and where among them another phase begins."""
        x, mean = self.x[: self.settled], self.mean[: self.settled]
        return x, mean, [change for change in self.changes if change <= len(mean)]

    @property
    def right(self) -> float:
        """Where it ends; 0 where there is nothing."""
        return max((float(x[-1]) for x in (self.x, self.ends) if len(x)), default=0.0)


def lines_of(
    history: History, name: str, axis: str, width: float, phases: tuple[Phase, ...], title: str | None = None
) -> Lines:
    """Of the figure of this name, over an axis, smoothed over so many epochs, and never over two phases.

    With a title only of phases in which the figure is called so: where a stack is pretrained its steps lower the error of a
    reconstruction, while on held-back examples the loss is measured.
    """
    steps, epochs = history.steps, history.epochs
    done, values = steps["epoch"].values, steps[name].values
    changes = [int(np.searchsorted(done, phase.epoch, side="right")) for phase in phases[1:]]
    parts = zip(np.split(done, changes), np.split(values, changes), phases, strict=True)
    mean = np.concatenate([smoothed(when, part, width, phase.epoch) for when, part, phase in parts])
    x, ends = along(axis, history, steps), along(axis, history, epochs)
    validation = epochs[f"validation_{name}"].values if f"validation_{name}" in epochs else np.full(len(ends), np.nan)
    # A step has no place where nobody looked at a clock; a run without validation has no figures of it.
    known, measured = np.isfinite(x), np.isfinite(ends) & ~np.isnan(validation)
    borders = tuple(float(x[change - 1]) if 0 < change < len(x) else np.nan for change in changes)
    if title is not None:
        known &= _of_phases(done, phases, [phase.loss_title == title for phase in phases])
        measured &= _of_phases(epochs["epoch"].values, phases, [phase.validation_title == title for phase in phases])
    starts = tuple(int(np.count_nonzero(known[:change])) for change in changes)
    first = int(known.argmax()) if known.any() else 0
    begin = float(x[first - 1]) if first else -np.inf
    calm = int(np.count_nonzero(known[: settled(done, width)]))
    return Lines(x[known], values[known], mean[known], ends[measured], validation[measured], starts, borders, begin, calm)


def lines_in_panel(
    history: History, panel: str, axis: str, width: float, phases: tuple[Phase, ...], title: str | None
) -> Lines:
    """Of a panel by its name (panels.py); the learning rate is not smoothed."""
    if panel == "free_energy":
        return _energy_gap(history, axis)
    if panel == "learning_rate":
        return lines_of(history, panel, axis, 0.0, phases)
    return lines_of(history, history.score.name if panel == "score" else "loss", axis, width, phases, title)


def _energy_gap(history: History, axis: str) -> Lines:
    """How far the free energy of validation examples lies above that of training examples, at the ends of epochs."""
    energies, nothing = history.energies, np.empty(0)
    ends = along(axis, history, energies)
    gap = energies["validation_free_energy"].values - energies["train_free_energy"].values
    known = np.isfinite(ends) & np.isfinite(gap)
    return Lines(nothing, nothing, nothing, ends[known], gap[known])


def _of_phases(done: Array, phases: tuple[Phase, ...], wanted: list[bool]) -> Array:
    """Which rows belong to phases that are wanted, by the epochs that were done after each."""
    borders = [phase.epoch for phase in phases[1:]]
    return np.array(wanted)[np.searchsorted(borders, done, side="left")]
