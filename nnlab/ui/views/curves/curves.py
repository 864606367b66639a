"""Loss and score over time: raw, smoothed, and validation. The score is the accuracy of classes, R2 of values."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnlab.models.model import ONE_PHASE, Phase, phase_at
from nnlab.training.history import History
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.timeline.marks import BY_HAND, Mark
from nnlab.ui.views.curves.controls import Controls
from nnlab.ui.views.curves.hovering import Hovering
from nnlab.ui.views.curves.legend import LAST, LEGEND, STYLES, Legend
from nnlab.ui.views.curves.lines import lines_in_panel
from nnlab.ui.views.curves.overlaid_legend import LegendEntry, OverlaidLegend
from nnlab.ui.views.curves.overlaid_run import Figures, OverlaidRun
from nnlab.ui.views.curves.overlay import Overlay, labels
from nnlab.ui.views.curves.panels import Panels
from nnlab.ui.views.curves.reading import Shown
from nnlab.ui.views.curves.said import Said, why_no_line
from nnlab.ui.views.curves.seed_bands import SeedBands, SeedRuns
from nnlab.ui.views.curves.table import columns_of, columns_with
from nnlab.ui.views.curves.time_axis import AXES, known_steps, place_of, places_of
from nnlab.ui.views.parts.scales import step_along
from nnlab.ui.views.view import KINDS, Table
from nnlab.ui.widgets.canvas import Canvas

_REDRAW_MILLISECONDS = 180
# What the time axis is over can be read from the controls, too: in so few pixels of height it is not written a second time.
_ROOM_FOR_TITLES = 200
# Pixels at the right of the last plot, in which half of the number at its end has room.
_ROOM_FOR_HALF = 26


class CurvesView(QWidget):
    """Plots beside each other, loss and score, on one time axis. Train solid, validation dashed, the best epoch starred."""

    title: ClassVar[str] = "Curves"
    kinds: ClassVar[tuple[str, ...]] = KINDS

    moved = Signal()  # a step lies elsewhere now

    _seeds: SeedRuns | None = None

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Curves")
        self.theme = LIGHT
        self.history = History()
        self._phases: tuple[Phase, ...] = ONE_PHASE
        self._present = Figures()
        self._has_score, self._epochs = True, 0.0
        self._ticked: tuple[OverlaidRun, ...] = ()
        self._last: OverlaidRun | None = None
        self._marks: tuple[Mark, ...] = ()
        self._heard: tuple[Mark, ...] = ()
        self._position: int | None = None
        self._is_running = False
        self._soon = self._make_timer()
        self.canvas = Canvas()
        self.canvas.setAccessibleName("Loss and score curves")
        self.canvas.ci.setContentsMargins(2, 2, _ROOM_FOR_HALF, 2)
        self.panels = Panels(self.canvas)
        self.overlay = Overlay(self.panels)
        self.seeds = SeedBands(self.panels)
        self.said = Said(self.canvas, self.panels["loss"].plot)
        self._hovering = Hovering(self.canvas, self.panels, self.overlay)
        self.readout = self._hovering.readout
        self.legend = Legend()
        self.names = OverlaidLegend()
        self.controls = Controls(self.legend, self.legend.fontMetrics().horizontalAdvance(LEGEND) + 8)
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
        self._position, self._has_score, self._epochs = None, has_score, float(expected_epochs)
        self._marks = self._heard = ()
        self.controls.begin(expected_epochs)
        self._hovering.leave()
        for panel in self.panels.values():
            panel.begin(phases)
        self._draw_anew()

    def show_marks(self, marks: tuple[Mark, ...]) -> None:
        """What has been done by hand to the run that is shown."""
        if marks is self._heard:
            return
        self._heard, before = marks, self._marks
        self._marks = tuple(mark for mark in marks if mark.kind in BY_HAND)
        if self._marks != before:
            self.redraw_soon()

    def show_runs(self, ticked: Sequence[OverlaidRun], last: OverlaidRun | None) -> None:
        """Other runs to lie under the present one, and the run before it."""
        self._ticked, self._last = tuple(ticked), last
        self.controls.last_run.setVisible(last is not None)
        self._draw_overlay()
        self.redraw()

    def show_seeds(self, seeds: SeedRuns | None) -> None:
        """One experiment from several seeds as a band under all runs; None takes it away."""
        self._seeds = seeds
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
        best = self._best_of_phase
        for name, panel in self.panels.items():
            lines = lines_in_panel(self.history, name, *self._way, self._phases, self.panels.titles[name])
            star = None
            if best and name in ("loss", "score"):
                figure = self.history.score.name if name == "score" else name
                star = (self._place_of_best(best), best[f"validation_{figure}"])
            panel.draw(lines, star, self.controls.raw.isChecked() and name != "learning_rate")
        self.panels["loss"].plot.setXRange(0, self._end, padding=0.01)
        self._place_marks()
        if self._position is not None:
            self.show_position(self._position)
        self._tell()

    @property
    def _best_of_phase(self) -> dict[str, float]:
        """The best epoch; of another loss than the present phase's none is better or worse."""
        done, best = self.history.steps["epoch"].values, self.history.best
        phase = phase_at(self._phases, done[-1]) if len(done) else self._phases[0]
        return best if best and phase_at(self._phases, best["epoch"]) == phase else {}

    @property
    def _end(self) -> float:
        """Where the time axis ends: it grows in steps, so that nothing breathes, and stops where the run is to end."""
        right = max(self.overlay.right, self.seeds.right, *(panel.lines.right for panel in self.panels.values()))
        end = step_along(right)
        return self._epochs if self.controls.axis == "epochs" and right <= self._epochs < end else end

    def _place_marks(self) -> None:
        """Ranges may be others: marks of the validation thin out, and those of changes reach from end to end."""
        marks = self._placed_marks
        for panel in self.panels.values():
            panel.epochs.thin_out()
            panel.by_hand.show(marks)

    @property
    def _placed_marks(self) -> tuple[tuple[float, str], ...]:
        """Where on the axis they lie, and what they say."""
        places = places_of(self.controls.axis, self.history, [mark.step for mark in self._marks])
        found = zip(places.tolist(), self._marks, strict=True)
        return tuple((place, mark.words) for place, mark in found if np.isfinite(place))

    def _tell(self) -> None:
        """What stands above the plots, in them where they are empty, and beside the mouse."""
        self.legend.setText(self._legend)
        steps, is_alone = len(self.history.steps["step"]), not self.overlay.runs and self.seeds.is_empty
        self.said.setText(self._empty_text if self.is_empty else why_no_line(steps, self._has_places, is_alone))
        self.panels.tell_of_energy()
        if self.readout.isVisible():
            self._hover(self._hovering.position)

    @property
    def _way(self) -> tuple[str, float]:
        """Over which axis, smoothed over how many epochs."""
        return self.controls.axis, self.controls.width

    def _place_of_best(self, best: dict[str, float]) -> float:
        return best["epoch"] if self.controls.axis == "epochs" else place_of(self.controls.axis, self.history, best["step"])

    @property
    def _legend(self) -> str:
        last = next((run for run in self.overlay.runs if run.is_last), None)
        if not len(self.history.steps["step"]) and self.overlay.runs and last is None:
            return STYLES
        words = "" if last is None else f"   {LAST} {labels([last], self._present)[0]}"
        has_room = self.fontMetrics().horizontalAdvance(LEGEND + words) <= self.legend.width()
        return LEGEND + words if has_room else LEGEND

    @property
    def _empty_text(self) -> str:
        loss = self._phases[-1].loss_title
        both = f"{loss} and {self.history.score.title}" if self._has_score else loss
        return f"{both[0].upper()}{both[1:]} appear{'' if self._has_score else 's'} here once it trains."

    @property
    def _has_places(self) -> bool:
        """Whether any of the history's steps has a place on the axis."""
        return self.controls.axis != "seconds" or bool(len(known_steps("seconds", self.history)))

    def apply_theme(self, theme: Theme) -> None:
        """Recolour both plots."""
        self.theme = theme
        self.canvas.setBackground(theme.surface)
        self.canvas.magnify(theme.magnification)
        self.controls.fit_letters()
        self._show_time_titles()
        self.legend.apply_theme(theme)
        self.readout.apply_theme(theme)
        self.overlay.set_look(theme, self._is_running)
        self.seeds.apply_theme(theme)
        self.panels.apply_theme(theme)
        if self._seeds is not None:
            self._draw_overlay()
        self.redraw()

    @property
    def is_empty(self) -> bool:
        """Whether no step has been made, and no other run is shown."""
        return not (len(self.history.steps["step"]) or self.overlay.runs) and self.seeds.is_empty

    def csv_columns(self) -> Table:
        """One row per step (of a very long run, per several), and beside it those of the other runs and of seeds."""
        return columns_with(columns_of(self.history), self.overlay.runs, self.seeds.csv_columns())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room it is the curves' own."""
        super().resizeEvent(event)
        self._show_time_titles()
        self.redraw_soon()

    def hideEvent(self, event: QHideEvent) -> None:
        """What floats over them goes with them."""
        super().hideEvent(event)
        self._hovering.leave()

    def _show_panels(self) -> None:
        before = set(self.panels)
        has_energy, has_rate = bool(self._present.energy), self.controls.rate.isChecked()
        self.panels.begin(self.history, self._phases, self._has_score, has_energy, has_rate)
        for name in set(self.panels) - before:
            self.panels[name].begin(self._phases)

    def _show_time_titles(self) -> None:
        for panel in self.panels.values():
            panel.plot.getAxis("bottom").showLabel(self.height() >= _ROOM_FOR_TITLES * self.theme.magnification)

    def _draw_anew(self) -> None:
        """Over another axis, on another scale, or smoothed otherwise."""
        axis, is_log = self.controls.axis, self.controls.log.isChecked()
        self._show_panels()
        for name, panel in self.panels.items():
            panel.plot.getAxis("bottom").whole = axis == "batches"
            panel.plot.setLabel("bottom", AXES[axis])
            if name in ("loss", "pretraining") and panel.is_log != is_log:
                panel.set_log(is_log)
        self._show_time_titles()
        self._draw_overlay()
        self.redraw()

    def _draw_overlay(self) -> None:
        """The other runs, as far as they can be compared with this one; what of them cannot, their names say."""
        shows_last = self._last is not None and self.controls.last_run.isChecked()
        # The last run is no news: it is drawn below the others.
        runs = [*([self._last] if shows_last and self._last is not None else []), *self._ticked]
        self.overlay.draw([run for run in runs if any(run.shared_with(self._present))], self._present, *self._way)
        self.seeds.draw(self._seeds, self._present, *self._way)
        called = labels(self._ticked, self._present)
        entries = [_entry(run, called[run.number], self._present) for run in self._ticked]
        self.names.show_entries([*self.seeds.entries, *entries])

    def _hover(self, position: QPointF) -> None:
        """Tell what all lines say at the step next to the mouse."""
        axis, runs = self.controls.axis, self.overlay.runs
        shown = Shown(self.history, axis, self._phases, runs, self._placed_marks, self.seeds.words_at)
        self._hovering.follow(position, shown, self.controls.raw.isChecked())


def _entry(run: OverlaidRun, called: str, present: Figures) -> LegendEntry:
    return LegendEntry(run.number, called, run.color, _tip(run, present), run.round, any(run.shared_with(present)))


def _tip(run: OverlaidRun, present: Figures) -> str:
    return "\n".join(line for line in (f"Run {run.number:,}: {run.title}", run.why_missing(present)) if line)
