"""Best so far: what the sweep had found after each of its trials."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF

from nnlab.experiments.sweeps.records import DIVERGED, FAILED
from nnlab.ui.sweeps.column import Column
from nnlab.ui.sweeps.picture import TrialPicture, around, nearest_point
from nnlab.ui.sweeps.trial_plot import TrialPlot, reach
from nnlab.ui.views.view import Table, step_up
from nnlab.ui.widgets.keyboard_pointer import Array as Places

_EMPTY = "The best objective so far appears here, against the number of the trial that reached it."


class BestPage(TrialPicture):
    """Points are trials, the line goes along the best of them up to each."""

    title = "Best so far"

    def __init__(self) -> None:
        super().__init__(_EMPTY)
        self.plot = TrialPlot()
        self.line = pg.PlotCurveItem(connect="finite")
        self.line.setZValue(0)
        self.plot.addItem(self.line, ignoreBounds=True)
        self.canvas.addItem(self.plot)

    def draw(self) -> None:
        """Points and line."""
        results = self.results
        if results is None:
            return
        numbers = np.array([trial.number for trial in results.trials], float)
        trials = Column("trial", "trial", numbers, 1, max(step_up(numbers.max()), 2), is_whole=True)
        objective = results.objective
        is_broken = np.isin([trial.state for trial in results.trials], (FAILED, DIVERGED))
        ends = reach(objective)
        heights = objective.scaled(objective.values)
        heights = np.where(is_broken & ~np.isfinite(heights), ends[0] if results.seeks_highest else ends[1], heights)
        self.plot.show_axes(trials, objective, trials.span, ends)
        self.plot.show_points(np.column_stack([numbers, heights]), results.goodness(), is_broken)
        has_ended = is_broken | np.isfinite(objective.values)
        # What waits has not found anything.
        known = np.arange(len(numbers)) <= np.max(np.flatnonzero(has_ended), initial=-1)
        best = np.where(known, objective.scaled(results.best_so_far()), np.nan)
        # A stair: the best stays what it is until a trial is better.
        self.line.setData(np.repeat(numbers, 2)[1:], np.repeat(best, 2)[:-1])

    def show_mark(self) -> None:
        """A ring around it."""
        self.plot.mark(self.marked)

    def recolor(self) -> None:
        """Points, line and axes."""
        self.plot.recolor(self.theme)
        self.line.setPen(pg.mkPen(self.theme.accent, width=2))

    def trial_at(self, position: QPointF) -> int | None:
        """The nearest point."""
        return nearest_point(self.plot.in_scene(), position)

    def places(self) -> Places:
        """Around the points."""
        return around(self.plot.in_scene())

    def csv_columns(self) -> Table:
        """With the best so far."""
        assert self.results is not None
        best = [value if np.isfinite(value) else "" for value in self.results.best_so_far().tolist()]
        return super().csv_columns() | {"best so far": best}
