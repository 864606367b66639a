"""Loss and score over time: raw, smoothed, and validation. The score is the accuracy of classes, R2 of values."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnlab.models.arrays import Array
from nnlab.models.model import ONE_PHASE, Phase, phase_at
from nnlab.training.history import History
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views.curves.controls import Controls
from nnlab.ui.views.curves.legend import LEGEND, Legend
from nnlab.ui.views.curves.lines import lines_of
from nnlab.ui.views.curves.panel import Panel
from nnlab.ui.views.curves.readings import words_at
from nnlab.ui.views.curves.table import columns_of
from nnlab.ui.views.curves.time_axis import AXES, along, place_of
from nnlab.ui.views.view import KINDS, Table, step_up
from nnlab.ui.widgets.canvas import Canvas

_REDRAW_MILLISECONDS = 180
_EMPTY = "The loss, and the accuracy of classes, appear here while it trains."
_UNTIMED = "When these steps were made is not known: they come from before nnlab kept the time."


class CurvesView(QWidget):
    """Two plots, loss and score, on one time axis. Train solid, validation dashed, the best epoch starred."""

    title: ClassVar[str] = "Curves"
    kinds: ClassVar[tuple[str, ...]] = KINDS

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Curves")
        self.theme = LIGHT
        self.history = History()
        self._phases: tuple[Phase, ...] = ONE_PHASE
        self._soon = self._make_timer()
        self.canvas = Canvas()
        self.canvas.setAccessibleName("Loss and score curves")
        self.canvas.ci.setContentsMargins(2, 2, 8, 2)
        self.panels = {"loss": Panel("loss"), "score": Panel("score")}
        for column, panel in enumerate(self.panels.values()):
            self.canvas.addItem(panel.plot, row=0, col=column)
        self.panels["score"].plot.setXLink(self.panels["loss"].plot)
        self.readout = Legend()
        self.controls = Controls(self.readout, self.readout.fontMetrics().horizontalAdvance(LEGEND) + 8)
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 0, 0, 0)
        outline.setSpacing(2)
        outline.addLayout(self.controls)
        outline.addWidget(self.canvas, 1)
        self.controls.changed.connect(self._draw_anew)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self._draw_anew()

    def _make_timer(self) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(_REDRAW_MILLISECONDS)
        timer.timeout.connect(self.redraw)
        return timer

    def begin(
        self, history: History, has_score: bool, expected_epochs: int = 100, phases: tuple[Phase, ...] = ONE_PHASE
    ) -> None:
        """A new run of so many epochs, or one that goes on: only the curves that its model has."""
        self.history, self._phases = history, phases
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
        self.redraw()

    def redraw_soon(self) -> None:
        """Draw what is new within a tenth of a second or so: curves creep, and drawing them costs the engine time."""
        if not self._soon.isActive():
            self._soon.start()

    def redraw(self) -> None:
        """Draw the history as it is now."""
        self._soon.stop()
        axis = self.controls.axis
        done = self.history.steps["epoch"].values
        phase = phase_at(self._phases, done[-1]) if len(done) else self._phases[0]
        if self.panels["loss"].plot.getAxis("left").labelText != phase.axis_title:
            self.panels["loss"].plot.setLabel("left", phase.axis_title)
        best = self.history.best
        if best and phase_at(self._phases, best["epoch"]) != phase:
            # Of another loss: nothing of this phase is better or worse than it.
            best = {}
        for name, panel in self._figures.items():
            lines = lines_of(self.history, name, axis, self.controls.width, self._phases)
            star = (self._place_of_best(best), best[f"validation_{name}"]) if best else None
            panel.draw(lines, star, self.controls.raw.isChecked())
        right = max(panel.lines.right for panel in self.panels.values()) or 1.0
        self.panels["loss"].plot.setXRange(0, step_up(right), padding=0.01)
        if self.readout.text() in ("", _EMPTY, _UNTIMED, LEGEND):
            self.readout.setText(self._legend)

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
        return LEGEND if len(self._drawn_rows) else _UNTIMED

    @property
    def _drawn_rows(self) -> Array:
        """Of the history's steps those that have a place on the axis."""
        return np.flatnonzero(np.isfinite(along(self.controls.axis, self.history, self.history.steps)))

    def apply_theme(self, theme: Theme) -> None:
        """Recolour both plots."""
        self.theme = theme
        self.canvas.setBackground(theme.surface)
        self.readout.apply_theme(theme)
        for panel in self.panels.values():
            panel.apply_theme(theme)
        self.redraw()

    @property
    def is_empty(self) -> bool:
        """Whether no step has been made."""
        return not len(self.history.steps["step"].values)

    def columns(self) -> Table:
        """One row per step (of a very long run, per several)."""
        return columns_of(self.history)

    def _draw_anew(self) -> None:
        """Over another axis, on another scale, or smoothed otherwise."""
        axis, is_log = self.controls.axis, self.controls.log.isChecked()
        for panel in self.panels.values():
            panel.plot.getAxis("bottom").whole = axis == "batches"
            panel.plot.setLabel("bottom", AXES[axis])
        if self.panels["loss"].is_log != is_log:
            self.panels["loss"].set_log(is_log)
        self.redraw()

    def _hover(self, position: QPointF) -> None:
        """The values at the step nearest to the mouse."""
        panel = next((p for p in self.panels.values() if p.plot.sceneBoundingRect().contains(position)), None)
        rows = self._drawn_rows
        if panel is None or not len(rows):
            self.readout.setText(self._legend)
            for each in self.panels.values():
                each.cursor.hide()
            return
        at = panel.plot.getViewBox().mapSceneToView(position).x()
        x = along(self.controls.axis, self.history, self.history.steps)
        row = int(rows[min(np.searchsorted(x[rows], at), len(rows) - 1)])
        for each in self.panels.values():
            each.cursor.setPos(float(x[row]))
            each.cursor.show()
        self.readout.setText(words_at(self.history, self._phases, row))
