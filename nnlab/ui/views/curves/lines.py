"""The lines that a panel draws of one figure of a run, whichever run it is."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.model import Phase
from nnlab.training.history import History
from nnlab.ui.views.curves.smoothing import smoothed
from nnlab.ui.views.curves.time_axis import along


@dataclass(frozen=True, eq=False)
class Lines:
    """Of every step the value and the mean of what was seen last; of every epoch the value on held-back examples.

    x, raw, mean (steps,)    ends, validation (epochs,)    changes: the places in x at which another phase begins
    """

    x: Array
    raw: Array
    mean: Array
    ends: Array
    validation: Array
    changes: tuple[int, ...] = ()

    @property
    def right(self) -> float:
        """Where it ends; 0 where there is nothing."""
        return float(self.x[-1]) if len(self.x) else 0.0


def lines_of(history: History, name: str, axis: str, width: float, phases: tuple[Phase, ...]) -> Lines:
    """Of the figure of this name, over an axis, smoothed over so many epochs, and never over two phases."""
    steps, epochs = history.steps, history.epochs
    done, values = steps["epoch"].values, steps[name].values
    changes = [int(np.searchsorted(done, phase.epoch, side="right")) for phase in phases[1:]]
    parts = zip(np.split(done, changes), np.split(values, changes), phases, strict=True)
    mean = np.concatenate([smoothed(when, part, width, phase.epoch) for when, part, phase in parts])
    x, ends = along(axis, history, steps), along(axis, history, epochs)
    validation = epochs[f"validation_{name}"].values
    # A step has no place where nobody looked at a clock; a run without validation has no figures of it.
    known, measured = np.isfinite(x), np.isfinite(ends) & ~np.isnan(validation)
    starts = tuple(int(np.count_nonzero(known[:change])) for change in changes)
    return Lines(x[known], values[known], mean[known], ends[measured], validation[measured], starts)
