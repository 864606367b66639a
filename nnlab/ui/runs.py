"""The run that there is and those put aside for it: what the worker is told to do with them, and what it says of them."""

import time
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from nnlab.experiments.ailing import Ailing
from nnlab.experiments.journal.continuation import Continuation
from nnlab.models.metrics import score_of
from nnlab.probes.advice import Advice
from nnlab.training.history import History
from nnlab.ui.activity import Activity
from nnlab.ui.edit_history import EditHistory
from nnlab.ui.frames import Frames
from nnlab.ui.messages import FrameAnswer, ParameterChange, Prepared, PrepareRequest, Progress, SaveAnswer
from nnlab.ui.pace import FULL_SPEED
from nnlab.ui.window_run import Shelf, WindowRun
from nnlab.ui.worker_link import WorkerLink

_PROGRESS_SECONDS = 0.2


class Runs(QObject):
    """Answers about a run that is no longer the present one are dropped; the steps of one put aside reach its history."""

    prepared = Signal(object)  # Prepared
    frame = Signal(object)  # FrameAnswer
    progressed = Signal(object)  # Progress
    failed = Signal(str)  # there is no run, and why
    message = Signal(str)  # a sentence about the run
    saved_changed = Signal()
    numbered = Signal(int)  # what the run is called in the store, from now on

    def __init__(self, link: WorkerLink, edit_history: EditHistory) -> None:
        super().__init__()
        self.present = WindowRun()
        self.shelf = Shelf()
        self.generation = 0
        self.pace = FULL_SPEED
        self.frames = Frames(lambda: self.present.progress.is_running, lambda: self.present.progress.shows_each_step)
        self._link = link
        self._edit_history = edit_history
        self._progress_sent = 0.0
        self._ailing = Ailing()
        worker = link.worker
        worker.prepared.connect(self._on_prepared)
        worker.frame_ready.connect(self._on_frame)
        worker.parameter_changed.connect(self._on_parameter_changed)
        worker.progressed.connect(self._on_progressed)
        worker.failed.connect(self._on_failed)
        worker.numbered.connect(self._on_numbered)
        worker.troubled.connect(self._on_troubled)
        self.frames.wanted.connect(link.answer_frame)

    def advice_at(self, learning_rate: float) -> Advice | None:
        """What to do about the present run, where it does not learn; nothing once another rate is set than it was about."""
        advice = self._ailing.advice
        return advice if advice is not None and advice.of_rate in (None, learning_rate) else None

    @property
    def has_learned(self) -> bool:
        """Whether the run has steps behind it, or numbers given by hand or by a file, which a fresh one would throw away."""
        present = self.present
        return present.progress.step > 0 or bool(present.begun) or self._edit_history.has_changed_parameters

    def change(self, run: WindowRun, continuation: Continuation | None = None) -> None:
        """This becomes the run: fresh, from where one stood, or from the shelf. What has learned is put aside, and so is
        what makes way for imported weights, which undo takes back.
        """
        assert run.experiment is not None and run.dataset is not None
        if self.has_learned or (run.begun and self.present.experiment is not None):
            self.shelf.add(self.present)
        self._ailing.begin()
        self.generation += 1
        brings_back, run.generation = run.name, self.generation
        run.name, run.progress = run.name or self.generation, replace(run.progress, activity=Activity.LOADING)
        self.present = run
        self._edit_history.forget_parameters()
        self.frames.hold()
        begun = (self.generation, run.experiment, run.dataset, continuation)
        self._link.prepare.emit(PrepareRequest(*begun, self.shelf.names, brings_back, run.folders))
        self.progressed.emit(run.progress)

    def set_pace(self, pace: float) -> None:
        """So many steps a second, from now on and for all runs."""
        self.pace = pace
        self._link.set_pace.emit(pace)

    def write_down(self) -> None:
        """Have everything that the run did so far written into the store."""
        self._link.write_down.emit()

    @Slot(object)
    def take_saved(self, answer: SaveAnswer) -> None:
        """The model stands in a file as it was at a step."""
        if answer.generation == self.generation and not answer.request.run:
            self.present.saved_moment = answer.moment
            self.present.model_path = answer.request.path
        self.saved_changed.emit()

    @Slot(object)
    def _on_prepared(self, prepared: Prepared) -> None:
        if prepared.generation != self.generation:
            return
        run = self.present
        self.frames.begin(prepared.generation)
        run.parameters = prepared.parameters
        if run.history.score != (score := score_of(prepared.dataset.targets)):
            run.history = History(score=score)
        if prepared.best is not None and not run.history.best:
            run.history.begin_with(prepared.best.epoch * prepared.batches, prepared.best)
        run.history.note_time(prepared.moment.step, run.history.seconds)
        # The worker's own word for it follows; who presses Run before that must not wait for ever.
        run.progress = replace(run.progress, activity=Activity.IDLE, moment=prepared.moment)
        if run.name == run.generation:
            run.saved_moment = prepared.moment
        self.progressed.emit(run.progress)
        self.prepared.emit(prepared)

    @Slot(object)
    def _on_frame(self, frame: FrameAnswer) -> None:
        if frame.generation != self.generation:
            if (run := self.shelf.of_generation(frame.generation)) is not None:
                _take_steps(run.history, frame)
            return
        _take_steps(self.present.history, frame)
        self.present.progress = progress = frame.progress
        if self.present.experiment is not None:
            self._ailing.follow(frame.spreads, self.present.history, self.present.experiment, progress)
        self.frame.emit(frame)
        # Nobody reads numbers faster than this, and every changed text is laid out and painted anew.
        now = time.monotonic()
        if not progress.is_running or now - self._progress_sent > _PROGRESS_SECONDS:
            self._progress_sent = now
            self.progressed.emit(progress)
        self.frames.take_answer()

    @Slot(object)
    def _on_parameter_changed(self, change: ParameterChange) -> None:
        if change.generation == self.generation:
            if change.before is not None:
                self.present.saved_moment = None
            self.frames.refresh()
            self._edit_history.answer(change)

    @Slot(int, object)
    def _on_progressed(self, generation: int, progress: Progress) -> None:
        if generation == self.generation:
            self._edit_history.follow(self.present.progress, progress)
            self.present.progress = progress
            self.frames.refresh()
            self.progressed.emit(progress)
            if progress.activity is Activity.DIVERGED:
                self.message.emit(progress.reason)

    @Slot(int, int)
    def _on_numbered(self, name: int, number: int) -> None:
        """A run is in the store from now on, and is called by a number there."""
        for run in (self.present, *self.shelf.runs):
            if run.name == name:
                run.progress = replace(run.progress, number=number)
        if self.present.name == name:
            self.numbered.emit(number)

    @Slot(int, str)
    def _on_failed(self, generation: int, sentence: str) -> None:
        if generation == self.generation:
            self.present.experiment, self.present.progress = None, Progress()
            self.progressed.emit(self.present.progress)
            self.failed.emit(sentence)

    @Slot(int, str)
    def _on_troubled(self, generation: int, sentence: str) -> None:
        if generation == self.generation:
            self.message.emit(sentence)


def _take_steps(history: History, frame: FrameAnswer) -> None:
    history.extend(frame.steps)
    history.note_time(frame.progress.step, frame.progress.seconds)
