"""Loss and score over time: raw, smoothed, and validation. The score is the accuracy of classes, R2 of values."""

from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QSlider, QVBoxLayout, QWidget

from nnlab.models.metrics.metric import Metric
from nnlab.models.model import ONE_PHASE, Phase, phase_at
from nnlab.training.history import History, epoch_columns
from nnlab.ui.setup.form import Choice
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views.curves.legend import LEGEND, Legend
from nnlab.ui.views.curves.panel import WIDTH, Panel
from nnlab.ui.views.view import KINDS, Table, step_up
from nnlab.ui.widgets.canvas import Canvas
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.flow import FlowRow, captioned

# Over how many batches the curve is averaged.
_WIDTHS = (1, 3, 9, 19, 39, 99, 199, 399, 1999)
_REDRAW_MILLISECONDS = 180
_EMPTY = "The loss, and the accuracy of classes, appear here while it trains."
# An average over more than a tenth of the run would hide what happens in it.
_SHARE_OF_RUN = 10


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
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 0, 0, 0)
        outline.setSpacing(2)
        outline.addLayout(self._make_controls())
        outline.addWidget(self.canvas, 1)
        self.canvas.scene().sigMouseMoved.connect(self._hover)

    def _make_timer(self) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(_REDRAW_MILLISECONDS)
        timer.timeout.connect(self.redraw)
        return timer

    def begin(
        self, history: History, has_score: bool, expected_steps: int = 10_000, phases: tuple[Phase, ...] = ONE_PHASE
    ) -> None:
        """A new run of so many steps, or one that goes on: only the curves that its model has."""
        self.history, self._phases = history, phases
        longest = max(expected_steps // _SHARE_OF_RUN, 1)
        self.panels["score"].plot.setVisible(has_score)
        if has_score and self.panels["score"].plot not in self.canvas.ci.items:
            self.canvas.addItem(self.panels["score"].plot, row=0, col=1)
        elif not has_score and self.panels["score"].plot in self.canvas.ci.items:
            self.canvas.removeItem(self.panels["score"].plot)
        self.panels["score"].plot.setLabel("left", history.score.title)
        for panel in self.panels.values():
            panel.begin(longest, phases)
        self.readout.clear()
        self.redraw()

    def redraw_soon(self) -> None:
        """Draw what is new within a tenth of a second or so: curves creep, and drawing them costs the engine time."""
        if not self._soon.isActive():
            self._soon.start()

    def redraw(self) -> None:
        """Draw the history as it is now."""
        self._soon.stop()
        by_epoch = self._axis.currentText() == "epochs"
        steps, epochs = self.history.steps, self.history.epochs
        x = steps["epoch" if by_epoch else "step"].values
        ends = epochs["epoch" if by_epoch else "step"].values
        done = steps["epoch"].values
        changes = [int(np.searchsorted(done, phase.epoch, side="right")) for phase in self._phases[1:]]
        phase = phase_at(self._phases, done[-1]) if len(done) else self._phases[0]
        if self.panels["loss"].plot.getAxis("left").labelText != phase.axis_title:
            self.panels["loss"].plot.setLabel("left", phase.axis_title)
        best = self.history.best
        if best and phase_at(self._phases, best["epoch"]) != phase:
            # Of another loss: nothing of this phase is better or worse than it.
            best = {}
        for name, panel in (("loss", self.panels["loss"]), (self.history.score.name, self.panels["score"])):
            panel.draw_steps(x, steps[name].values, self.history.stride, self._raw.isChecked(), changes)
            star = (best["epoch" if by_epoch else "step"], best[f"validation_{name}"]) if best else None
            panel.draw_epochs(ends, epochs[f"validation_{name}"].values, star)
            panel.follow_range()
        right = float(x[-1]) if len(x) else 1.0
        self.panels["loss"].plot.setXRange(0, step_up(right), padding=0.01)
        if not len(x):
            self.readout.setText(_EMPTY)
        elif self.readout.text() in ("", _EMPTY):
            self.readout.setText(LEGEND)

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
        """One row per step (of a very long run, per several): all columns of the history.

        The epochs' figures stand on the rows of their last steps.
        """
        steps = {name: column.values for name, column in self.history.steps.items()}
        rows = {name: list(values) for name, values in steps.items()}
        last = len(steps["step"]) - 1
        at = np.minimum(np.searchsorted(steps["step"], self.history.epochs["step"].values), last)
        for name in epoch_columns(self.history.score.name)[2:]:
            column: list[float | str] = [""] * len(steps["step"])
            for place, value in zip(at, self.history.epochs[name].values, strict=True):
                column[place] = float(value)
            rows[f"epoch_{name}"] = column
        return rows

    def _make_controls(self) -> FlowRow:
        self._log = QCheckBox("log")
        self._log.setToolTip("Logarithmic axis for the loss")
        self._log.setChecked(True)
        self._log.toggled.connect(self._set_log)
        self._raw = QCheckBox("raw")
        self._raw.setToolTip("Show every batch behind the smoothed curve")
        self._raw.setChecked(True)
        self._raw.toggled.connect(self.redraw)
        self._axis = Choice()
        self._axis.addItems(["epochs", "batches"])
        self._axis.setAccessibleName("Time axis")
        self._axis.currentTextChanged.connect(self._set_axis)
        self._smooth = QSlider(Qt.Orientation.Horizontal)
        self._smooth.setAccessibleName("Smoothing")
        self._smooth.setRange(0, len(_WIDTHS) - 1)
        self._smooth.setFixedWidth(90)
        self._smooth.valueChanged.connect(self._set_smoothing)
        self._smooth_text = label("", "muted")
        self._smooth_text.setFixedWidth(36)
        self._smooth.setValue(_WIDTHS.index(WIDTH))
        smoothing = captioned("smoothing", self._smooth, self._smooth_text)
        controls = FlowRow(10)
        controls.add_filler(self.readout, self.readout.fontMetrics().horizontalAdvance(LEGEND) + 8)
        for widget in (smoothing, self._raw, self._log, self._axis):
            controls.addWidget(widget)
        self._set_log(True)
        self._set_axis("epochs")
        return controls

    def _set_log(self, on: bool) -> None:
        self.panels["loss"].set_log(on)
        self.redraw()

    def _set_axis(self, name: str) -> None:
        for panel in self.panels.values():
            panel.plot.getAxis("bottom").whole = name == "batches"
            panel.plot.setLabel("bottom", "epoch" if name == "epochs" else "batch")
        self.redraw()

    def _set_smoothing(self, place: int) -> None:
        width = _WIDTHS[place]
        self._smooth_text.setText(f"{width:,}")
        self._smooth.setToolTip(f"Each point is the mean of {width:,} batches around it, of fewer in a short run")
        for panel in self.panels.values():
            panel.width = width
        self.redraw()

    def _hover(self, position: QPointF) -> None:
        """The values at the step nearest to the mouse."""
        panel = next((p for p in self.panels.values() if p.plot.sceneBoundingRect().contains(position)), None)
        steps = self.history.steps
        if panel is None or not len(steps["step"]):
            self.readout.setText(LEGEND if len(steps["step"]) else _EMPTY)
            for each in self.panels.values():
                each.cursor.hide()
            return
        at = panel.plot.getViewBox().mapSceneToView(position).x()
        x = steps["epoch" if self._axis.currentText() == "epochs" else "step"].values
        place = int(np.clip(np.searchsorted(x, at), 0, len(x) - 1))
        parts = [f"batch {int(steps['step'].values[place]):,} (epoch {steps['epoch'].values[place]:.2f})"]
        phase = phase_at(self._phases, steps["epoch"].values[place])
        parts += [phase.name] if phase.name else []
        score = self.history.score
        parts += _figures("", phase.loss_title, steps["loss"].values[place], score, steps[score.name].values[place])
        epochs = self.history.epochs
        done = int(np.searchsorted(epochs["epoch"].values, steps["epoch"].values[place], side="right")) - 1
        if done >= 0:
            loss, value = epochs["validation_loss"].values[done], epochs[f"validation_{score.name}"].values[done]
            parts += _figures("validation ", phase.validation_title, loss, score, value)
        for each in self.panels.values():
            each.cursor.setPos(float(x[place]))
            each.cursor.show()
        self.readout.setText(" · ".join(parts))


def _figures(part: str, title: str, loss: float, score: Metric[Any], value: float) -> list[str]:
    """What is known of the two."""
    texts = [f"{part}{title} {loss:.4f}"] if np.isfinite(loss) else []
    return texts + ([f"{part}{score.title} {score.text(value)}"] if np.isfinite(value) else [])
