"""Which time the views show: the window asks the training for what they want to see now, or the past for what was then."""

from PySide6.QtCore import QObject

from nnlab.experiments.journal.records import flat_settings
from nnlab.ui.messages import FrameAnswer, Prepared, ProbeRequest, Progress
from nnlab.ui.past_worker import Arrival
from nnlab.ui.session import Session
from nnlab.ui.stage import Stage
from nnlab.ui.timeline.words import ago
from nnlab.ui.views.curves.curves import CurvesView
from nnlab.ui.views.curves.overlaid_run import figures_of
from nnlab.ui.views.inspector.inspector import InspectorView


class Staging(QObject):
    """While an earlier step is shown, the training is asked for steps alone; the curves go on."""

    def __init__(self, session: Session, stage: Stage, curves: CurvesView, inspector: InspectorView) -> None:
        super().__init__()
        self._session, self._stage, self._curves, self._inspector = session, stage, curves, inspector
        travel = session.travel
        session.frames.wanted_probes = self._wanted_now
        travel.wanted_probes = stage.wanted_probes
        stage.wants_changed.connect(self._refresh)
        travel.arrived.connect(self._show_past)
        travel.moved.connect(self._on_moved)
        session.prepared.connect(self._on_prepared)
        session.frame.connect(self._on_frame)
        session.progressed.connect(self._on_progressed)

    def _wanted_now(self, all_views: bool) -> tuple[ProbeRequest, ...]:
        return () if self._session.travel.is_past else self._stage.wanted_probes(all_views)

    def _refresh(self) -> None:
        if self._session.travel.is_past:
            self._session.travel.refresh()
        else:
            self._session.frames.refresh()

    def _on_prepared(self, prepared: Prepared) -> None:
        self._stage.begin(prepared)
        training, model = prepared.experiment.training, prepared.experiment.model
        history, settings = self._session.history, flat_settings(prepared.experiment)
        figures = figures_of(model, settings, history.score.title)
        self._curves.begin(history, model.predicts_targets, training.epochs, model.phases, figures)

    def _on_frame(self, frame: FrameAnswer) -> None:
        self._stage.keep(frame.spreads)
        # What was asked before one went back may only come now.
        if not self._session.travel.is_past:
            self._stage.show_frame(frame)
        if frame.steps and self._curves.isVisible():
            self._curves.redraw_soon()

    def _on_progressed(self, progress: Progress) -> None:
        travel = self._session.travel
        self._inspector.set_running(progress.is_running, travel.is_past)
        if travel.shown is not None:
            self._stage.tell_past(ago(travel.shown.step, progress.step))

    def _on_moved(self, step: int | None) -> None:
        self._curves.show_position(step)
        if step is None:
            self._stage.come_back()
        self._curves.show_position(step)
        self._inspector.set_running(self._session.progress.is_running, step is not None)

    def _show_past(self, arrival: Arrival) -> None:
        self._curves.show_position(arrival.step)
        self._stage.show_past(arrival)
        self._stage.tell_past(ago(arrival.step, self._session.progress.step))
