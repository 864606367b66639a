"""Loss and score over time: raw, smoothed, and validation. The score is the accuracy of classes, R2 of values."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnlab.models.arrays import Array
from nnlab.models.model import ONE_PHASE, Phase, phase_at
from nnlab.training.history import History
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views.curves.controls import Controls
from nnlab.ui.views.curves.legend import LAST, LEGEND, STYLES, Legend
from nnlab.ui.views.curves.lines import lines_of
from nnlab.ui.views.curves.overlaid_legend import LegendEntry, OverlaidLegend
from nnlab.ui.views.curves.overlaid_run import Figures, OverlaidRun
from nnlab.ui.views.curves.overlay import HoveredRun, Overlay, labels
from nnlab.ui.views.curves.panel import Panel
from nnlab.ui.views.curves.readings import words_at
from nnlab.ui.views.curves.table import columns_of, columns_with
from nnlab.ui.views.curves.time_axis import AXES, along, place_of
from nnlab.ui.views.view import KINDS, Table, step_up
from nnlab.ui.widgets.canvas import Canvas

_REDRAW_MILLISECONDS = 180
# What the time axis is over can be read from the controls, too: in so few pixels of height it is not written a second time.
_ROOM_FOR_TITLES = 200
_EMPTY = "The loss, and the accuracy of classes, appear here while it trains."
_UNTIMED = "When these steps were made is not known: they come from before nnlab kept the time."


class CurvesView(QWidget):
    """Two plots, loss and score, on one time axis. Train solid, validation dashed, the best epoch starred."""

    title: ClassVar[str] = "Curves"
    kinds: ClassVar[tuple[str, ...]] = KINDS

    moved = Signal()  # a step lies elsewhere now

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Curves")
        self.theme = LIGHT
        self.history = History()
        self._phases: tuple[Phase, ...] = ONE_PHASE
        self._present = Figures()
        self._ticked: tuple[OverlaidRun, ...] = ()
        self._last: OverlaidRun | None = None
        self._position: int | None = None
        self._is_running = False
        self._soon = self._make_timer()
        self.canvas = Canvas()
        self.canvas.setAccessibleName("Loss and score curves")
        self.canvas.ci.setContentsMargins(2, 2, 8, 2)
        self.panels = {"loss": Panel("loss"), "score": Panel("score")}
        for column, panel in enumerate(self.panels.values()):
            self.canvas.addItem(panel.plot, row=0, col=column)
        self.panels["score"].plot.setXLink(self.panels["loss"].plot)
        self.overlay = Overlay(self.panels)
        self.readout = Legend()
        self.names = OverlaidLegend()
        self.controls = Controls(self.readout, self.readout.fontMetrics().horizontalAdvance(LEGEND) + 8)
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 0, 0, 0)
        outline.setSpacing(2)
        outline.addLayout(self.controls)
        outline.addWidget(self.names)
        outline.addWidget(self.canvas, 1)
        self.controls.changed.connect(self._draw_anew)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.names.hovered.connect(self.overlay.emphasize)
        box = self.panels["loss"].plot.getViewBox()
        for moved in (box.sigTransformChanged, box.sigResized):
            moved.connect(lambda *_: self.moved.emit())
        self._draw_anew()

    def places_of(self, first: int, last: int) -> tuple[float, float, float] | None:
        """Where two steps lie along the first plot, and its right end, in pixels of the screen; None where none is known."""
        box, axis = self.panels["loss"].plot.getViewBox(), self.controls.axis
        steps = [place_of(axis, self.history, step) for step in (first, last)]
        if not np.isfinite(steps).all() or not self.canvas.isVisible():
            return None
        found = [box.mapViewToScene(QPointF(step, 0.0)).x() for step in steps]
        begin, now, end = (
            float(self.canvas.mapToGlobal(self.canvas.mapFromScene(QPointF(x, 0.0))).x())
            for x in (*found, box.sceneBoundingRect().right())
        )
        return begin, now, end

    def _make_timer(self) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(_REDRAW_MILLISECONDS)
        timer.timeout.connect(self.redraw)
        return timer

    def begin(
        self,
        history: History,
        has_score: bool,
        expected_epochs: int = 100,
        phases: tuple[Phase, ...] = ONE_PHASE,
        figures: Figures | None = None,
    ) -> None:
        """A new run of so many epochs, or one that goes on: only the curves that its model has."""
        self.history, self._phases, self._present = history, phases, figures or Figures()
        self._position = None
        self.controls.begin(expected_epochs)
        self.panels["score"].plot.setVisible(has_score)
        if has_score and self.panels["score"].plot not in self.canvas.ci.items:
            self.canvas.addItem(self.panels["score"].plot, row=0, col=1)
        elif not has_score and self.panels["score"].plot in self.canvas.ci.items:
            self.canvas.removeItem(self.panels["score"].plot)
        self.panels["score"].plot.setLabel("left", history.score.title)
        for panel in self.panels.values():
            panel.begin(phases)
        self.readout.clear()
        self._draw_overlay()
        self.redraw()

    def show_runs(self, ticked: Sequence[OverlaidRun], last: OverlaidRun | None) -> None:
        """Other runs to lie under the present one, and the run before it."""
        self._ticked, self._last = tuple(ticked), last
        self.controls.last_run.setVisible(last is not None)
        self._draw_overlay()
        self.redraw()

    def set_running(self, is_running: bool) -> None:
        """Other runs are dimmed while the present one trains."""
        self._is_running = is_running
        self.overlay.set_look(self.theme, is_running)

    def show_position(self, step: int | None) -> None:
        """A line at the step that is looked at; None where that is the present."""
        self._position = step
        at = np.nan if step is None else place_of(self.controls.axis, self.history, step)
        for panel in self.panels.values():
            panel.here.setVisible(bool(np.isfinite(at)))
            if np.isfinite(at):
                panel.here.setPos(at)

    @property
    def span(self) -> tuple[int, int]:
        """Between which pixels of this widget, from left to right, the axis of the left panel lies."""
        box = self.panels["loss"].plot.getViewBox().sceneBoundingRect()
        left, right = (self.canvas.mapTo(self, self.canvas.mapFromScene(point)) for point in (box.topLeft(), box.topRight()))
        return left.x(), right.x()

    def redraw_soon(self) -> None:
        """Draw what is new within a tenth of a second or so: curves creep, and drawing them costs the engine time."""
        if not self._soon.isActive():
            self._soon.start()

    def redraw(self) -> None:
        """Draw the history as it is now."""
        self._soon.stop()
        done = self.history.steps["epoch"].values
        phase = phase_at(self._phases, done[-1]) if len(done) else self._phases[0]
        if self.panels["loss"].plot.getAxis("left").labelText != phase.axis_title:
            self.panels["loss"].plot.setLabel("left", phase.axis_title)
        best = self.history.best
        if best and phase_at(self._phases, best["epoch"]) != phase:
            # Of another loss: nothing of this phase is better or worse than it.
            best = {}
        for name, panel in self._figures.items():
            lines = lines_of(self.history, name, *self._way, self._phases)
            star = (self._place_of_best(best), best[f"validation_{name}"]) if best else None
            panel.draw(lines, star, self.controls.raw.isChecked())
        right = max(self.overlay.right, *(panel.lines.right for panel in self.panels.values())) or 1.0
        self.panels["loss"].plot.setXRange(0, step_up(right), padding=0.01)
        if self._position is not None:
            self.show_position(self._position)
        if self.readout.text().startswith(("— training", STYLES, _EMPTY, _UNTIMED)) or not self.readout.text():
            self.readout.setText(self._legend)

    @property
    def _way(self) -> tuple[str, float]:
        """Over which axis, smoothed over how many epochs."""
        return self.controls.axis, self.controls.width

    @property
    def _figures(self) -> dict[str, Panel]:
        """Which panel shows which figure of the history."""
        return {"loss": self.panels["loss"], self.history.score.name: self.panels["score"]}

    def _place_of_best(self, best: dict[str, float]) -> float:
        return best["epoch"] if self.controls.axis == "epochs" else place_of(self.controls.axis, self.history, best["step"])

    @property
    def _legend(self) -> str:
        if self.is_empty:
            return _EMPTY
        last = next((run for run in self.overlay.runs if run.is_last), None)
        if not len(self.history.steps["step"]) and last is None:
            return STYLES
        if len(self.history.steps["step"]) and not len(self._drawn_rows):
            return _UNTIMED
        words = "" if last is None else f"   {LAST} {labels([last], self._present)[0]}"
        has_room = self.fontMetrics().horizontalAdvance(LEGEND + words) <= self.readout.width()
        return LEGEND + words if has_room else LEGEND

    @property
    def _drawn_rows(self) -> Array:
        """Of the history's steps those that have a place on the axis."""
        return np.flatnonzero(np.isfinite(along(self.controls.axis, self.history, self.history.steps)))

    def apply_theme(self, theme: Theme) -> None:
        """Recolour both plots."""
        self.theme = theme
        self.canvas.setBackground(theme.surface)
        self.readout.apply_theme(theme)
        self.overlay.set_look(theme, self._is_running)
        for panel in self.panels.values():
            panel.apply_theme(theme)
        self.redraw()

    @property
    def is_empty(self) -> bool:
        """Whether no step has been made, and no other run is shown."""
        return not (len(self.history.steps["step"]) or self.overlay.runs)

    def csv_columns(self) -> Table:
        """One row per step (of a very long run, per several), and beside it those of the other runs."""
        return columns_with(columns_of(self.history), self.overlay.runs)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room it is the curves' own."""
        super().resizeEvent(event)
        self._show_time_titles()

    def _show_time_titles(self) -> None:
        for panel in self.panels.values():
            panel.plot.getAxis("bottom").showLabel(self.height() >= _ROOM_FOR_TITLES)

    def _draw_anew(self) -> None:
        """Over another axis, on another scale, or smoothed otherwise."""
        axis, is_log = self.controls.axis, self.controls.log.isChecked()
        for panel in self.panels.values():
            panel.plot.getAxis("bottom").whole = axis == "batches"
            panel.plot.setLabel("bottom", AXES[axis])
        self._show_time_titles()
        if self.panels["loss"].is_log != is_log:
            self.panels["loss"].set_log(is_log)
        self._draw_overlay()
        self.redraw()

    def _draw_overlay(self) -> None:
        """The other runs, as far as they can be compared with this one; what of them cannot, their names say."""
        shows_last = self._last is not None and self.controls.last_run.isChecked()
        # The last run is no news: it is drawn below the others.
        runs = [*([self._last] if shows_last and self._last is not None else []), *self._ticked]
        self.overlay.draw([run for run in runs if any(run.shared_with(self._present))], self._present, *self._way)
        called = labels(self._ticked, self._present)
        self.names.show_entries(
            [LegendEntry(run.number, called[run.number], run.color, _tip(run, self._present)) for run in self._ticked]
        )

    def _hover(self, position: QPointF) -> None:
        """The values of the run whose line is nearest to the mouse, at the step nearest to it."""
        panel = next((p for p in self.panels.values() if p.plot.sceneBoundingRect().contains(position)), None)
        rows = self._drawn_rows
        reading = self.overlay.read(panel, position, self.controls.axis) if panel is not None else None
        self._tell_other(reading)
        if reading is not None:
            return
        if panel is None or not len(rows):
            self.readout.setText(self._legend)
            for each in self.panels.values():
                each.cursor.hide()
            return
        at = panel.plot.getViewBox().mapSceneToView(position).x()
        x = along(self.controls.axis, self.history, self.history.steps)
        row = int(rows[min(np.searchsorted(x[rows], at), len(rows) - 1)])
        self._point_to(float(x[row]))
        self.readout.setText(words_at(self.history, self._phases, row, self.controls.axis))

    def _tell_other(self, reading: HoveredRun | None) -> None:
        """What another run says, in place of the names, which have a line of their own, or of what the present one says."""
        self.overlay.emphasize(None if reading is None else reading.run.number)
        self.names.tell("" if reading is None else reading.text, None if reading is None else reading.run.color)
        if reading is not None:
            self._point_to(reading.x)
            if self.names.isHidden():
                self.readout.tell(reading.run.color, reading.text)
            else:
                self.readout.setText(self._legend)

    def _point_to(self, x: float) -> None:
        for panel in self.panels.values():
            panel.cursor.setPos(x)
            panel.cursor.show()


def _tip(run: OverlaidRun, present: Figures) -> str:
    return "\n".join(line for line in (f"Run {run.number:,}: {run.title}", run.why_missing(present)) if line)
