"""The training worker: lives on its own thread, advances the run in short slices, answers between two steps.

All slots are queued to one event loop, which serialises everything without locks. The window never sees the live model: it
asks for probes, whose answers are arrays of their own.
"""

import contextlib
import math
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nnlab.errors import DivergedError
from nnlab.experiments.computer import set_threads
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.probes import Answer, Moment, Observer
from nnlab.probes.moment import moment_of
from nnlab.training import TrainingRun
from nnlab.training.ending import Ending, Reason
from nnlab.training.hand_edits import change_by_hand
from nnlab.ui.activity import Activity
from nnlab.ui.faults import sentence_of
from nnlab.ui.jobs import CopyRequest
from nnlab.ui.messages import FrameAnswer, FrameRequest, LiveChange, ParameterChange, PrepareRequest, SaveAnswer, SaveRequest
from nnlab.ui.pace import FULL_SPEED, STEP_BY_STEP, shows_each_step
from nnlab.ui.worked_run import WorkedRun, built_run, prepared_of, write_model

# Returning to the event loop then costs little, and a press of Pause is not felt.
_SLICE_SECONDS = 0.005
_NO_MODEL = "there is no model yet; choose data and a model first"


class TrainingWorker(QObject):
    """Owns the run. Signals carry frozen messages; errors carry the sentence to show."""

    prepared = Signal(object)  # Prepared
    frame_ready = Signal(object)  # FrameAnswer
    copy_ready = Signal(object, object, str)  # CopyRequest, TrainingRun or None, why there is none
    parameter_changed = Signal(object)  # ParameterChange with the value before, or None where it was refused
    progressed = Signal(int, object)  # generation, Progress
    failed = Signal(int, str)  # generation, why there is no run
    troubled = Signal(int, str)  # generation, why training stopped, though the run is there
    save_answered = Signal(object)  # SaveAnswer
    left = Signal(object)  # the names of runs that are no longer put aside
    numbered = Signal(int, int)  # the name of a run, and what it is called in the store from now on

    def __init__(self, threads: int, journal: JournalWriter | None = None) -> None:
        super().__init__()
        self._threads, self._journal = threads, journal
        self._helpers, self._generation = 0, -1
        self._worked: WorkedRun | None = None
        self._aside: dict[int, WorkedRun] = {}
        self._observer = Observer()
        self._reported: set[tuple[type[Exception], str]] = set()  # troubles of which the person has heard
        self._run_until_epoch = math.inf
        self._pace = FULL_SPEED  # that of Run
        self._is_late = False  # whether a step is due that waits for the screen
        self._timer: QTimer | None = None

    @property
    def _run(self) -> TrainingRun | None:
        return self._worked.run if self._worked else None

    @property
    def _is_running(self) -> bool:
        return self._worked is not None and self._worked.progress.is_running

    @Slot()
    def start(self) -> None:
        """Runs first on the worker's own thread: timers belong to the thread that makes them."""
        self._threads = set_threads(self._threads)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._train_slice)

    @Slot(object)
    def prepare(self, request: PrepareRequest) -> None:
        """Build a run for the experiment, or bring one back; the run before it is put aside or given up."""
        self._stop_timer()
        self._put_aside(request.keep | {request.brings_back})
        self._generation = request.generation
        try:
            worked = self._aside.pop(request.brings_back) if request.brings_back else built_run(request)
        except Exception as error:
            without_memory = "there is not enough memory for this model; use fewer units"
            self.failed.emit(request.generation, sentence_of(error, without_memory))
            return
        self._worked = worked
        worked.take_threads(self._threads)
        self._observer.forget()
        self._reported.clear()
        self.prepared.emit(prepared_of(worked, request, self._threads))
        self._tell(*worked.ends)

    def _put_aside(self, keep: frozenset[int]) -> None:
        """The present run is held on to if it is to be kept; those that are not are let go."""
        if self._worked is not None:
            self._worked.put_aside()
            self._aside[self._worked.name] = self._worked
        self.leave(frozenset(self._aside) - keep)
        self._worked = None

    @Slot(object)
    def leave(self, names: frozenset[int]) -> None:
        """Runs that were put aside are others' to go on with, when what they did is written."""
        for worked in [self._aside.pop(name) for name in names if name in self._aside]:
            worked.record(worked.ending_words or "stopped", is_left=True)
        self.left.emit(names)

    @Slot(object)
    def change_live(self, change: LiveChange) -> None:
        """New settings from the next step on."""
        if (worked := self._worked) is not None and change.generation == self._generation:
            worked.change_live(change)
            if not worked.run.step:
                # No event tells of it: the run begins with it.
                worked.record()
            elif not worked.progress.is_running:
                worked.record_soon()
            if worked.progress.activity is Activity.FINISHED and worked.run.ending is None:
                self._tell(Activity.PAUSED)

    @Slot()
    def play(self) -> None:
        """Train until told to pause, or to the end; where every step is to be asked for, make one."""
        if self._pace == STEP_BY_STEP:
            self.step_batch()
        else:
            self._start(math.inf, self._pace)

    @Slot(float)
    def set_pace(self, pace: float) -> None:
        """So many steps a second, from now on."""
        self._pace = pace
        if (worked := self._worked) is None or not self._is_running:
            return
        if pace == STEP_BY_STEP:
            self._halt(Activity.PAUSED)
            return
        if pace == FULL_SPEED:
            worked.call_helpers(self._helpers, self._threads)
        self._keep_pace(worked, pace)
        self._tell(Activity.RUNNING)

    @Slot(int)
    def set_helpers(self, count: int) -> None:
        """So many processes train from the next Run on; where there are none this thread does."""
        self._helpers = count

    @Slot()
    def pause(self) -> None:
        """Stop between two steps."""
        if self._is_running:
            self._halt(Activity.PAUSED)

    def hurry(self) -> None:
        """The window says so on its own thread, while this one may wait for a helper that somebody has stopped."""
        if (worked := self._worked) is not None:
            worked.hurry_helpers()

    @Slot()
    def step_batch(self) -> None:
        """One update."""
        if self._worked is None:
            return
        self._stop_timer()
        self._run_until_epoch = math.inf
        self._reported.clear()
        self._worked.keep(self._journal, self._tell_number)
        self._advance(self._worked, 0.0)
        if not self._worked.progress.activity.has_ended:
            self._worked.record_soon()
            self._tell(Activity.PAUSED)

    @Slot()
    def step_epoch(self) -> None:
        """To the end of the present epoch, at full speed."""
        if self._worked is not None:
            self._start(self._worked.run.epoch + 1, FULL_SPEED)

    @Slot(object)
    def answer_frame(self, request: FrameRequest) -> None:
        """Run the probes and send their answers with every step since the last time."""
        if (worked := self._worked) is None or request.generation != self._generation:
            return
        answers: dict[str, Answer] = {}
        for ask in request.probes:
            try:
                answers[ask.view] = self._observer.look(worked.run, ask.probe, ask.selection, ask.view)
            except Exception as error:
                self._stop_for(error, f"the {ask.view.replace('_', ' ')} view; show another")
        # Whatever a probe does, the window gets its steps and may ask again.
        progress = worked.stand(worked.progress.activity, worked.progress.ending)
        steps, spreads = worked.hand_over(), worked.spreads.hand_over()
        self.frame_ready.emit(FrameAnswer(self._generation, progress, steps, answers, spreads))
        if self._is_late and self._is_running:
            self._train_slice()

    @Slot(object)
    def take_copy(self, request: CopyRequest) -> None:
        """A copy of the run, in memory of its own, for work on another thread."""
        copy, problem = None, _NO_MODEL
        if self._run is not None and request.generation == self._generation:
            try:
                copy, problem = self._run.replica(), ""
            except Exception as error:
                without_memory = "there is not enough memory for a copy of the model; close other programs"
                problem = sentence_of(error, f"{request.job.title}: {without_memory}")
        self.copy_ready.emit(request, copy, problem)

    @Slot(object)
    def change_parameter(self, change: ParameterChange) -> None:
        """Give one parameter another value while training stands, and say which it had."""
        before = None
        if (worked := self._worked) is not None and change.generation == self._generation and not self._is_running:
            before = change_by_hand(worked.run, change.tensor, change.position, change.value)
            worked.record_soon()
        self.parameter_changed.emit(replace(change, before=before))

    @Slot(object)
    def save(self, request: SaveRequest) -> None:
        """Write the model as it stands between two steps; whatever happens, there is an answer."""
        problem = f"{request.path}: not saved, nnlab met a fault of its own; save again or elsewhere"
        worked = self._aside.get(request.run) if request.run else self._worked
        moment = moment_of(worked.run) if worked else Moment()
        try:
            problem = write_model(worked, request) if worked else _NO_MODEL
        finally:
            self.save_answered.emit(SaveAnswer(request, self._generation, moment, problem))

    @Slot()
    def write_down(self) -> None:
        """What a run that stands did so far is written, however much waits; one that trains does so by itself."""
        if self._worked is not None and not self._is_running:
            self._worked.record(self._worked.ending_words)

    @Slot()
    def stop(self) -> None:
        """Give everything up; who owns the thread ends its event loop."""
        self._put_aside(frozenset())
        # A timer must end on the thread it lives on.
        if self._timer is not None:
            self._timer.stop()
            self._timer.deleteLater()
            self._timer = None

    def _start(self, run_until_epoch: float, pace: float) -> None:
        if (worked := self._worked) is None or self._timer is None:
            return
        self._run_until_epoch = run_until_epoch
        self._reported.clear()
        if pace == FULL_SPEED:
            # What is written of it says how it is divided.
            worked.call_helpers(self._helpers, self._threads)
        worked.keep(self._journal, self._tell_number)
        self._keep_pace(worked, pace)
        self._tell(Activity.RUNNING)
        if pace != FULL_SPEED:
            # Who asks for a step a second does not wait a second for the first.
            self._train_slice()

    def _keep_pace(self, worked: WorkedRun, pace: float) -> None:
        """The timer turns without rest, or once for every step."""
        assert self._timer is not None
        worked.pace = pace
        worked.forget_pace()
        self._timer.start(0 if pace == FULL_SPEED else round(1000 / pace))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()

    @Slot()
    def _train_slice(self) -> None:
        if (worked := self._worked) is None:
            return
        is_slow = shows_each_step(worked.pace)
        # Where the screen has not asked for the last step yet, the next one follows when it has.
        self._is_late = is_slow and bool(worked.steps)
        if self._is_late:
            return
        self._advance(worked, _SLICE_SECONDS if worked.pace == FULL_SPEED else 0.0)
        if self._is_running and is_slow:
            self._tell(Activity.RUNNING)

    def _advance(self, worked: WorkedRun, seconds: float) -> None:
        """Take at least one step, and more until the time is up or training has to stop."""
        worked.begin_slice()
        until = worked.seconds + seconds
        while self._take_steps(worked, seconds) and worked.seconds < until:
            pass
        worked.end_slice()

    def _take_steps(self, worked: WorkedRun, seconds: float) -> bool:
        """Updates; False when training has to stop here."""
        try:
            step = worked.take_steps(seconds)
        except StopIteration:
            if worked.watch.stop is None:
                self._halt(Activity.FINISHED, worked.run.stopped)
            else:
                # The next step would not be finite.
                self._halt(Activity.PAUSED)
            return False
        except DivergedError as error:
            self._halt(Activity.DIVERGED, Ending(Reason.DIVERGED, str(error)))
            return False
        except Exception as error:
            self._stop_for(error, "a step; use a smaller batch or fewer units")
            return False
        if worked.watch.stop is not None or (step.epoch_end and step.epoch >= self._run_until_epoch):
            self._halt(Activity.PAUSED)
            return False
        return True

    def _stop_for(self, error: Exception, what: str) -> None:
        """Training stops with the numbers that it has; the same trouble is told once until it is run again."""
        if self._is_running:
            self._halt(Activity.PAUSED)
        elif self._worked is not None:
            # It may have gone back: no step may follow before that is written.
            self._worked.record()
        if (trouble := (type(error), what)) not in self._reported:
            self._reported.add(trouble)
            sentence = sentence_of(error, f"training stopped: there is not enough memory for {what}")
            self.troubled.emit(self._generation, sentence)

    def _halt(self, activity: Activity, ending: Ending | None = None) -> None:
        self._stop_timer()
        if self._worked is not None:
            if activity.has_ended:
                self._worked.dismiss_helpers()
            self._worked.record("diverged" if activity is Activity.DIVERGED else ending.words if ending else "")
        self._tell(activity, ending)

    def _tell(self, activity: Activity, ending: Ending | None = None) -> None:
        if self._worked is not None:
            self.progressed.emit(self._generation, self._worked.stand(activity, ending))

    def _tell_number(self, name: int, number: int) -> None:
        """On the thread that writes. Of a window that has ended nobody hears any more."""
        with contextlib.suppress(RuntimeError):
            self.numbered.emit(name, number)
