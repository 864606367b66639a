"""The training worker: lives on its own thread, advances the run in short slices, answers between two steps.

All slots are queued to one event loop, which serialises everything without locks. The window never sees the live model: it
asks for probes, whose answers are arrays of their own.
"""

import time
from collections import deque
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnlab.errors import DivergedError, NnlabError
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import Experiment
from nnlab.probes import Answer, Moment, Observer
from nnlab.probes.moment import moment_of
from nnlab.training import Step, TrainingRun
from nnlab.training.ending import Ending, Reason
from nnlab.training.hand_edits import change_by_hand
from nnlab.ui.activity import Activity
from nnlab.ui.faults import fault_sentence
from nnlab.ui.jobs import CopyRequest
from nnlab.ui.kept_run import KeptRun, built_run, write_model
from nnlab.ui.messages import (
    LiveChange,
    ParameterChange,
    Prepared,
    PrepareRequest,
    Progress,
    SaveAnswer,
    SaveRequest,
    Snapshot,
    SnapshotRequest,
)

# Long enough that returning to the event loop costs little, short enough that a press of Pause is not felt.
_SLICE_SECONDS = 0.005
_RATE_SECONDS = 1.0


class TrainingWorker(QObject):
    """Owns the run. Signals carry frozen messages; errors carry the sentence to show."""

    prepared = Signal(object)  # Prepared
    snapshot_ready = Signal(object)  # Snapshot
    copy_ready = Signal(object, object, str)  # CopyRequest, TrainingRun or None, why there is none
    parameter_changed = Signal(object)  # ParameterChange with the value before, or None where it was refused
    progressed = Signal(int, object)  # generation, Progress
    failed = Signal(int, str)  # generation, why there is no run
    troubled = Signal(int, str)  # generation, why training stopped, though the run is there
    save_answered = Signal(object)  # SaveAnswer

    def __init__(self, threads: int) -> None:
        super().__init__()
        self._threads = threads
        self._run: TrainingRun | None = None
        self._experiment: Experiment | None = None
        self._generation, self._name = -1, 0
        self._kept: dict[int, KeptRun] = {}
        self._observer = Observer()
        self._told: set[tuple[type[Exception], str]] = set()  # troubles of which the person has heard
        self._first_step = 0
        self._steps: list[Step] = []  # made since the last snapshot
        self._sent: list[Step] = []  # that went with it, and may still be on their way
        self._last: Step | None = None
        self._progress = Progress()
        self._run_until_epoch: int | None = None
        self._seconds = 0.0
        self._rate_window: deque[tuple[float, int]] = deque()
        self._timer: QTimer | None = None

    @Slot()
    def start(self) -> None:
        """Runs first on the worker's own thread: timers belong to the thread that makes them."""
        self._threads = set_threads(self._threads)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._train_slice)

    @Slot(object)
    def prepare(self, request: PrepareRequest) -> None:
        """Build a run for the experiment, or bring one back; the run before it is put aside or given up."""
        self._stop_timer()
        self._put_aside(request.keep | {request.brings_back})
        self._generation = request.generation
        try:
            self._take_up(self._kept.pop(request.brings_back) if request.brings_back else built_run(request))
        except NnlabError as error:
            self.failed.emit(request.generation, str(error))
            return
        except MemoryError:
            self.failed.emit(request.generation, "there is not enough memory for this model; use fewer units")
            return
        except Exception as error:
            self.failed.emit(request.generation, fault_sentence(error))
            return
        self._name = request.brings_back or request.generation
        run, activity, ending = self._run, self._progress.activity, self._progress.ending
        assert run is not None
        data = run.data
        self.prepared.emit(
            Prepared(
                request.generation,
                request.experiment,
                data.dataset,
                data.split,
                run.model.parameters.size,
                self._threads,
                moment_of(run),
                data.learning.examples,
                run.batches,
                run.best,
            )
        )
        if activity is Activity.IDLE:
            # Out of a file it may have diverged, or reached its end.
            ending = Ending(Reason.DIVERGED, run.divergence) if run.divergence else run.ending
            if ending is not None:
                activity = Activity.DIVERGED if run.divergence else Activity.FINISHED
        self._tell(activity, ending)

    def _put_aside(self, keep: frozenset[int]) -> None:
        """The present run is held on to if it is to be kept; those that are not are let go."""
        if self._run is not None and self._experiment is not None:
            is_running = self._progress.activity is Activity.RUNNING
            self._refresh_progress(Activity.PAUSED if is_running else self._progress.activity, self._progress.ending)
            made = (self._first_step, self._steps, self._last, self._seconds)
            self._kept[self._name] = KeptRun(self._run, self._experiment, self._progress, *made)
        self._kept = {name: kept for name, kept in self._kept.items() if name in keep}
        self._run = None

    def _take_up(self, kept: KeptRun) -> None:
        self._run, self._experiment, self._progress = kept.run, kept.experiment, kept.progress
        self._first_step, self._steps = kept.first_step, kept.steps
        self._sent = []
        self._observer.forget()
        self._last, self._seconds = kept.last, kept.seconds
        self._rate_window.clear()
        self._told.clear()

    @Slot(object)
    def change_live(self, change: LiveChange) -> None:
        """New settings from the next step on."""
        if self._run is not None and change.generation == self._generation and self._experiment is not None:
            self._run.settings = change.settings
            self._run.change_model(self._experiment.model, change.model)
            self._experiment = replace(self._experiment, training=change.settings, model=change.model)
            if self._progress.activity is Activity.FINISHED and self._run.ending is None:
                self._tell(Activity.PAUSED)

    @Slot()
    def play(self) -> None:
        """Train until told to pause, or to the end."""
        self._start(run_until_epoch=None)

    @Slot()
    def pause(self) -> None:
        """Stop between two steps."""
        if self._progress.is_running:
            self._halt(Activity.PAUSED)

    @Slot()
    def step_batch(self) -> None:
        """One update."""
        if self._run is None:
            return
        self._stop_timer()
        self._run_until_epoch = None
        self._told.clear()
        self._advance(0.0)
        if not self._progress.activity.has_ended:
            self._tell(Activity.PAUSED)

    @Slot()
    def step_epoch(self) -> None:
        """To the end of the present epoch."""
        if self._run is not None:
            self._start(run_until_epoch=self._run.epoch + 1)

    @Slot(object)
    def take_snapshot(self, request: SnapshotRequest) -> None:
        """Run the probes and send their answers with every step since the last time."""
        if self._run is None or request.generation != self._generation:
            return
        answers: dict[str, Answer] = {}
        for wanted in request.probes:
            try:
                answers[wanted.view] = self._observer.look(self._run, wanted.probe, wanted.selection, wanted.view)
            except Exception as error:
                self._stop_for(error, f"the {wanted.view.replace('_', ' ')} view; show another")
        # Whatever a probe does, the window gets its steps and may ask again.
        steps, self._steps = self._steps, []
        self._sent = steps
        self._refresh_progress(self._progress.activity, self._progress.ending)
        self.snapshot_ready.emit(Snapshot(self._generation, self._progress, steps, answers))

    @Slot(object)
    def take_copy(self, request: CopyRequest) -> None:
        """A copy of the run, in memory of its own, for work on another thread."""
        copy, problem = None, "there is no model yet; choose data and a model first"
        if self._run is not None and request.generation == self._generation:
            try:
                copy, problem = self._run.replica(), ""
            except NnlabError as error:
                problem = str(error)
            except MemoryError:
                problem = f"{request.job.title}: there is not enough memory for a copy of the model; close other programs"
            except Exception as error:
                problem = fault_sentence(error)
        self.copy_ready.emit(request, copy, problem)

    @Slot(object)
    def change_parameter(self, change: ParameterChange) -> None:
        """Give one parameter another value while training stands, and say which it had."""
        before = None
        is_running = self._progress.is_running
        if self._run is not None and change.generation == self._generation and not is_running:
            before = change_by_hand(self._run, change.tensor, change.position, change.value)
        self.parameter_changed.emit(replace(change, before=before))

    @Slot(object)
    def save(self, request: SaveRequest) -> None:
        """Write the model as it stands between two steps; whatever happens, there is an answer."""
        problem = f"{request.path}: not saved, nnlab met a fault of its own; save again or elsewhere"
        kept: KeptRun | None = None
        try:
            kept = self._kept.get(request.run) if request.run else self._standing()
            problem = write_model(kept, request) if kept else "there is no model yet; choose data and a model first"
        finally:
            moment = moment_of(kept.run) if kept else Moment()
            self.save_answered.emit(SaveAnswer(request, self._generation, moment, problem))

    def _standing(self) -> KeptRun | None:
        """The present run where it stands, with all steps that the window may not have."""
        if self._run is None or self._experiment is None:
            return None
        steps = [*self._sent, *self._steps]
        return KeptRun(self._run, self._experiment, self._progress, self._first_step, steps, self._last, self._seconds)

    @Slot()
    def stop(self) -> None:
        """Give everything up; the thread's event loop is ended by the one who owns the thread."""
        self._run, self._kept = None, {}
        if self._timer is not None:
            # A timer must end on the thread it lives on.
            self._timer.stop()
            self._timer.deleteLater()
            self._timer = None

    def _start(self, run_until_epoch: int | None) -> None:
        if self._run is None or self._timer is None:
            return
        self._run_until_epoch = run_until_epoch
        self._told.clear()
        self._rate_window.clear()
        self._tell(Activity.RUNNING)
        self._timer.start()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()

    @Slot()
    def _train_slice(self) -> None:
        self._advance(_SLICE_SECONDS)

    def _advance(self, seconds: float) -> None:
        """Take at least one step, and more until the time is up or training has to stop."""
        started = now = time.perf_counter()
        first = len(self._steps)
        while self._take_step():
            now = time.perf_counter()
            if now - started >= seconds:
                break
        self._seconds += now - started
        self._rate_window.append((now, sum(step.examples for step in self._steps[first:])))
        while now - self._rate_window[0][0] > _RATE_SECONDS:
            self._rate_window.popleft()

    def _take_step(self) -> bool:
        """One update; False when training has to stop here."""
        if self._run is None:
            return False
        try:
            step = next(self._run)
        except StopIteration:
            self._halt(Activity.FINISHED, self._run.stopped)
            return False
        except DivergedError as error:
            self._halt(Activity.DIVERGED, Ending(Reason.DIVERGED, str(error)))
            return False
        except Exception as error:
            self._stop_for(error, "a step; use a smaller batch or fewer units")
            return False
        self._steps.append(step)
        self._last = step
        if step.epoch_end and self._run_until_epoch is not None and step.epoch >= self._run_until_epoch:
            self._halt(Activity.PAUSED)
            return False
        return True

    def _stop_for(self, error: Exception, what: str) -> None:
        """Training stops with the numbers that it has; the same trouble is told once until it is run again."""
        if self._progress.is_running:
            self._halt(Activity.PAUSED)
        trouble = (type(error), what)
        if trouble in self._told:
            return
        self._told.add(trouble)
        if isinstance(error, NnlabError):
            sentence = str(error)
        elif isinstance(error, MemoryError):
            sentence = f"training stopped: there is not enough memory for {what}"
        else:
            sentence = fault_sentence(error)
        self.troubled.emit(self._generation, sentence)

    def _halt(self, activity: Activity, ending: Ending | None = None) -> None:
        self._stop_timer()
        if self._run is not None:
            self._tell(activity, ending)

    def _tell(self, activity: Activity, ending: Ending | None = None) -> None:
        self._refresh_progress(activity, ending)
        self.progressed.emit(self._generation, self._progress)

    def _refresh_progress(self, activity: Activity, ending: Ending | None) -> None:
        run, last, window = self._run, self._last, self._rate_window
        assert run is not None
        span = window[-1][0] - window[0][0] if window else 0.0
        self._progress = replace(
            self._progress,
            activity=activity,
            ending=ending,
            seconds=self._seconds,
            moment=moment_of(run),
            done=run.step - self._first_step,
            total=run.total_steps,
            epoch=last.epoch if last else run.epoch,
            epochs=run.settings.epochs,
            batch=last.batch if last else 0,
            batches=run.batches,
            rate=sum(examples for _, examples in list(window)[1:]) / span if span else self._progress.rate,
            learning_rate=last.learning_rate if last else run.settings.learning_rate,
        )
