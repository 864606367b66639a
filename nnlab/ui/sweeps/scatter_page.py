"""Scatter: every trial is a point, any two of its settings and figures are the axes."""

import numpy as np
from PySide6.QtCore import QPointF

from nnlab.experiments.sweeps.records import DIVERGED, FAILED
from nnlab.models.arrays import Array
from nnlab.ui.sweeps.column import Column
from nnlab.ui.sweeps.picture import ColumnChoice, TrialPicture, around, nearest_point
from nnlab.ui.sweeps.trial_plot import TrialPlot, reach
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.keyboard_pointer import Array as Places

_EMPTY = "A point for every trial appears here, over any two of its settings and figures."
# How far points of one level lie beside each other, as a share of the distance of two levels.
_APART = 0.5
_GOLDEN = 0.6180339887498949


class ScatterPage(TrialPicture):
    """Crosses are trials that failed or diverged; where they have no value of an axis, they lie at its upper end."""

    title = "Scatter"

    def __init__(self) -> None:
        super().__init__(_EMPTY)
        self.across, self.upwards = ColumnChoice("Across"), ColumnChoice("Upwards")
        for choice, caption in ((self.across, "Across"), (self.upwards, "Upwards")):
            choice.chosen.connect(self._choose)
            self.controls.addWidget(captioned(caption, choice))
        self.plot = TrialPlot()
        self.canvas.addItem(self.plot)

    def draw(self) -> None:
        """Points over the chosen axes."""
        results = self.results
        if results is None:
            return
        first = results.settings[0] if results.settings else results.objective
        self.across.offer(results.columns, first.name)
        self.upwards.offer(results.columns, results.objective.name)
        x, y = results.column(self.across.name) or first, results.column(self.upwards.name) or results.objective
        is_broken = np.isin([trial.state for trial in results.trials], (FAILED, DIVERGED))
        ranges = reach(x), reach(y)
        sides = [_places(column, is_broken, end) for column, (_, end) in zip((x, y), ranges, strict=True)]
        self.plot.show_axes(x, y, *ranges)
        self.plot.show_points(np.column_stack(sides), results.goodness(), is_broken)

    def show_mark(self) -> None:
        """A ring around it."""
        self.plot.mark(self.marked)

    def recolor(self) -> None:
        """Points and axes."""
        self.plot.recolor(self.theme)

    def trial_at(self, position: QPointF) -> int | None:
        """The nearest point."""
        return nearest_point(self.plot.in_scene(), position)

    def places(self) -> Places:
        """Around the points."""
        return around(self.plot.in_scene())

    def _choose(self) -> None:
        if not self.is_empty:
            self.draw()
            self.show_mark()


def _places(column: Column, is_broken: Array, end: float) -> Array:
    """Where the trials lie on an axis, scaled."""
    values = column.scaled(column.values)
    if column.levels:
        # Points of one level would hide each other. The same trial always lies at the same place.
        values = values + ((np.arange(len(values)) * _GOLDEN) % 1 - 0.5) * _APART
    return np.where(is_broken & ~np.isfinite(values), end, values)
