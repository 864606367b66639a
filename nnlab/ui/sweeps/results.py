"""The trials of a sweep as columns: what was varied, and what came of it. Everything that is drawn is drawn of these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.experiments.sweeps.axis import Axis
from nnlab.experiments.sweeps.records import TrialRecord
from nnlab.models.arrays import Array
from nnlab.ui.sweeps.column import Column, column_of_axis, column_of_figures

# What lies beyond so many hundredths of the trials, on the bad side, is only bad: the colours are for the others.
_WORST_TOLD = 85.0
OBJECTIVE = "objective"


@dataclass(frozen=True, eq=False)
class Results:
    """settings: one column for each axis of the sweep    figures: the objective first, then what else is known of trials"""

    trials: tuple[TrialRecord, ...]
    settings: tuple[Column, ...]
    figures: tuple[Column, ...]
    seeks_highest: bool

    @property
    def objective(self) -> Column:
        """The figure by which the trials are compared."""
        return self.figures[0]

    @property
    def columns(self) -> tuple[Column, ...]:
        """All of them."""
        return *self.settings, *self.figures

    def column(self, name: str) -> Column | None:
        """The one of this name."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def best(self) -> int | None:
        """The place of the best trial; None as long as none has an objective."""
        values = self.objective.values
        if not np.isfinite(values).any():
            return None
        return int(np.nanargmax(values) if self.seeks_highest else np.nanargmin(values))

    def best_so_far(self) -> Array:
        """Of every trial the best objective up to it, in the order of their numbers (n,)."""
        values = self.objective.values
        running: Array = np.fmax.accumulate(values) if self.seeks_highest else np.fmin.accumulate(values)
        return running

    def goodness(self) -> Array:
        """From 0, as bad as most of the bad ones, to 1, the best (n,); NaN without an objective."""
        values = self.objective.scaled(self.objective.values)
        known = values[np.isfinite(values)]
        if not len(known):
            return np.full(len(values), np.nan)
        sign = 1.0 if self.seeks_highest else -1.0
        best = float((sign * known).max())
        worst = float(np.percentile(sign * known, 100 - _WORST_TOLD))
        if best <= worst:
            return np.where(np.isfinite(values), 1.0, np.nan)
        good: Array = np.clip((sign * values - worst) / (best - worst), 0, 1)
        return good


def results_of(
    trials: Sequence[TrialRecord],
    axes: Sequence[Axis],
    titles: Mapping[str, str],
    objective: str,
    seeks_highest: bool,
) -> Results:
    """titles: what settings and figures are called, by their names."""
    choices = [trial.choices for trial in trials]
    settings = tuple(column_of_axis(axis, titles.get(axis.name, axis.name), choices) for axis in axes)
    names = dict.fromkeys(name for trial in trials for name in trial.figures if name != objective)
    first = column_of_figures(OBJECTIVE, figure_title(objective), [trial.objective for trial in trials])
    more = [column_of_figures(name, figure_title(name), [trial.figures.get(name) for trial in trials]) for name in names]
    seconds = column_of_figures("seconds", "seconds of training", [trial.seconds or None for trial in trials])
    return Results(tuple(trials), settings, (first, *more, seconds), seeks_highest)


def figure_title(name: str) -> str:
    """validation_loss: validation loss."""
    return name.replace("_", " ")
