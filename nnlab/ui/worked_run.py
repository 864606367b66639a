"""A run as the worker has it: built, trained step by step, put aside whole, and written to a file."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from nnlab.errors import NnlabError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.computer import available_cores, set_threads
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.continuation import Continuation
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.run_log import RunLog
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.measuring import measure
from nnlab.experiments.model_file import parameters_sha256, save_model
from nnlab.probes.distribution_record import DistributionRecord
from nnlab.probes.first_move import FirstMove
from nnlab.probes.moment import moment_of
from nnlab.training import Step, TrainingRun
from nnlab.training.crew.engaging import engage
from nnlab.training.ending import DIVERGED, Ending, Reason
from nnlab.training.watch import Watch
from nnlab.ui.activity import Activity
from nnlab.ui.messages import LiveChange, Prepared, PrepareRequest, Progress, SaveRequest
from nnlab.ui.pace import FULL_SPEED

_RATE_SECONDS = 1.0
# So long helpers work on at a time: while the window draws, this thread waits for its turn, and at their ends they for it.
_STRETCH_SECONDS = 0.02


@dataclass(eq=False)
class WorkedRun:
    """A run, its steps, its pace, and where it stood when that was asked for last."""

    name: int  # the generation in which it was begun
    run: TrainingRun
    experiment: Experiment
    first_step: int
    progress: Progress
    steps: list[Step] = field(default_factory=list)  # made since the last frame
    sent: list[Step] = field(default_factory=list)  # that went with it, and may still be on their way
    last: Step | None = None
    seconds: float = 0.0  # of training
    continuation: Continuation | None = None  # that it goes on from
    folders: tuple[Path, ...] = ()  # where its data and an encoder were looked for
    pace: float = FULL_SPEED  # at which it is trained
    recorder: Recorder | None = None  # from the first time that it is trained, where runs are kept
    spreads: DistributionRecord = field(default_factory=DistributionRecord)
    first_move: FirstMove = field(default_factory=FirstMove)
    watch: Watch = field(init=False)  # takes its steps, and looks at its breakpoints
    _since: float = 0.0  # up to when, by the clock, `seconds` has been counted
    _slice: int = 0  # how many steps there were when the present slice of time began
    _stretch: deque[tuple[float, int]] = field(default_factory=deque)  # when a slice of time ended, examples in it

    def __post_init__(self) -> None:
        self.watch = Watch(self.run)

    @property
    def ends(self) -> tuple[Activity, Ending | None]:
        """What it does once it is taken up: out of a file it may have diverged, or reached its end."""
        if self.progress.activity is not Activity.IDLE:
            return self.progress.activity, self.progress.ending
        if self.run.divergence:
            return Activity.DIVERGED, Ending(Reason.DIVERGED, self.run.divergence)
        return (Activity.FINISHED if self.run.ending else Activity.IDLE), self.run.ending

    @property
    def ending_words(self) -> str:
        """Why it ended, in few words; "" where it has not."""
        ending = self.progress.ending
        if ending is None:
            return ""
        return DIVERGED.words if ending.reason is Reason.DIVERGED else ending.words

    @property
    def unheard(self) -> list[Step]:
        """All steps that the window may not have."""
        return [*self.sent, *self.steps]

    def take_steps(self, seconds: float) -> Step:
        """One update, or those that helpers make in about so many seconds; the last of them. Raises what training raises."""
        before, is_first = self.seconds, not self.run.step
        if is_first:
            self.first_move.begin(self.run)
        try:
            # Where there is nothing to look at, nothing stands between; to look at each step takes steps one by one.
            is_watched = bool(self.run.settings.stop_when)
            one_by_one = is_watched or not seconds
            steps = self.watch.stretch() if one_by_one else self.run.stretch(_STRETCH_SECONDS)
        finally:
            now = time.perf_counter()
            self.seconds += now - self._since
            self._since = now
        if not steps:
            # To find that it is over is no training.
            self.seconds = before
            raise StopIteration
        if is_first:
            self.first_move.end(self.run, steps[0].learning_rate)
        self.last = steps[-1]
        self.steps.extend(steps)
        if self.recorder is not None:
            self.recorder.extend(steps, self.seconds)
        return steps[-1]

    def call_helpers(self, count: int, threads: int) -> None:
        """Its steps are made by so many processes beside this one, that neither they nor the window's thread wait for each
        other. A single one has the threads. Where none are wanted any more, this process makes the same parts.
        """
        crew = self.run.crew
        if crew is not None and (not count or crew.trouble):
            crew.dismiss()
            self.run.crew = None
        if not count:
            self.run.alone_because = ""
        if count and self.run.crew is None:
            # A run that has steps behind it stays divided as it was: its bits depend on it.
            divided = self.run.helpers if self.run.step else count
            cores = available_cores()
            if divided > max(count, cores):
                self.run.alone_because = f"it is divided among {divided} helpers, and this machine has {cores} cores"
            else:
                self.run.alone_because = engage(self.run, self.experiment.model, divided, True, threads)
        self.take_threads(threads)

    def take_threads(self, threads: int) -> None:
        """Of several parts those that this process computes have one thread, as a helper's have: the bits are the same."""
        set_threads(1 if self.run.helpers > 1 else threads)

    def dismiss_helpers(self) -> None:
        """They come again when it is trained again."""
        if self.run.crew is not None:
            self.run.crew.dismiss()

    def hurry_helpers(self) -> None:
        """A person waits. Any thread may say so."""
        if (crew := self.run.crew) is not None:
            crew.hurry()

    def keep(self, journal: JournalWriter | None, numbered: Callable[[int, int], None]) -> None:
        """From now on it is in the store of runs; its name and its number there are told on the thread that writes."""
        if journal is None or self.recorder is not None:
            return
        log, before = RunLog(numbered=partial(numbered, self.name)), self.continuation
        origin, history = (before.origin, before.history) if before else (None, None)
        self.recorder = Recorder(journal, self.run, self.experiment, self.folders, origin, log, history)

    @property
    def number(self) -> int:
        """What it is called in the store; 0 while it is not there."""
        if self.recorder is not None:
            return self.recorder.log.number or 0
        origin = self.continuation.origin if self.continuation else None
        return origin.number if origin and origin.is_last else 0

    def record_soon(self) -> None:
        """The same, unless so much waits to be written that it had better be written with what follows."""
        if self.recorder is not None and not self.recorder.is_behind:
            # Of a run that has ended, an edit alone does not make one that can go on.
            has_ended = self.run.ending is not None or bool(self.run.divergence)
            self.recorder.record(self.seconds, self.ending_words if has_ended else "")

    def record(self, ending: str = "", is_left: bool = False) -> None:
        """What happened up to now is written when it is its turn."""
        if self.recorder is not None:
            self.recorder.record(self.seconds, ending, is_left)

    def hand_over(self) -> list[Step]:
        """The steps since the last time."""
        self.sent, self.steps = self.steps, []
        return self.sent

    def forget_pace(self) -> None:
        """What comes now is another stretch of time."""
        self._stretch.clear()

    def begin_slice(self) -> None:
        """From now on it is trained, until `end_slice`."""
        if not self.spreads.kept.steps:
            # What it began with.
            self.spreads.follow(self.run)
        self._since, self._slice = time.perf_counter(), len(self.steps)

    def end_slice(self) -> None:
        """What was trained since `begin_slice` tells of its pace."""
        self._stretch.append((self._since, sum(step.examples for step in self.steps[self._slice :])))
        # In slow motion a single step may take longer.
        while self._since - self._stretch[0][0] > _RATE_SECONDS and len(self._stretch) > 2:
            self._stretch.popleft()
        self.spreads.follow(self.run)

    def change_live(self, change: LiveChange) -> None:
        """Other settings from the next step on."""
        self.run.settings = change.settings
        if not change.settings.stop_when:
            self.watch.let_go()
        self.run.change_model(self.experiment.model, change.model)
        self.experiment = replace(self.experiment, training=change.settings, model=change.model)
        if self.recorder is not None:
            self.recorder.experiment = self.experiment

    def stand(self, activity: Activity, ending: Ending | None) -> Progress:
        """Where it is, doing this."""
        run, last = self.run, self.last
        span = self._stretch[-1][0] - self._stretch[0][0] if self._stretch else 0.0
        self.progress = replace(
            self.progress,
            activity=activity,
            ending=ending,
            stop=self.watch.stop.words if self.watch.stop is not None and activity is Activity.PAUSED else "",
            seconds=self.seconds,
            moment=moment_of(run),
            done=run.step - self.first_step,
            total=run.total_steps,
            epoch=last.epoch if last else run.epoch + (run.position > 0),
            epochs=run.settings.epochs,
            batch=last.batch if last else self._batch_of_beginning,
            batches=run.batches,
            rate=sum(examples for _, examples in list(self._stretch)[1:]) / span if span else self.progress.rate,
            learning_rate=last.learning_rate if last else run.learning_rate,
            number=self.number,
            pace=self.pace,
            events=run.events,
            helpers=run.crew.helpers if run.crew and (run.crew.has_worked or run.crew.process_numbers) else 0,
            alone_because=run.alone_because or (run.crew.trouble if run.crew else ""),
            first_move=self.first_move.per_rate,
        )
        return self.progress

    @property
    def _batch_of_beginning(self) -> int:
        """Of the epoch in which it stood when it was taken up from elsewhere; all behind its last step."""
        run = self.run
        size = run.settings.effective_batch_size(len(run.data.split.train))
        return math.ceil(run.position / size) if run.position or not run.step else run.batches

    def put_aside(self) -> None:
        """Nobody trains it now."""
        self.dismiss_helpers()
        is_running = self.progress.activity is Activity.RUNNING
        self.stand(Activity.PAUSED if is_running else self.progress.activity, self.progress.ending)
        self.sent = []
        self.spreads.put_aside()
        self.forget_pace()


def built_run(request: PrepareRequest) -> WorkedRun:
    """A fresh run, or one that goes on from where one stood."""
    run, before = assemble(request.experiment, (), request.dataset), request.continuation
    if before is not None:
        before.continue_in(run)
    seconds = before.history.seconds if before is not None else 0.0
    begun = Progress(learning_rate=run.settings.learning_rate, seconds_before=seconds)
    worked = WorkedRun(request.generation, run, request.experiment, run.step, begun, seconds=seconds)
    worked.continuation, worked.folders = before, request.folders
    return worked


def prepared_of(worked: WorkedRun, request: PrepareRequest, threads: int) -> Prepared:
    """What the window hears of a run that is there."""
    run, data = worked.run, worked.run.data
    return Prepared(
        request.generation,
        request.experiment,
        data.dataset,
        data.split,
        run.model.parameters.size,
        threads,
        moment_of(run),
        data.learning.examples,
        run.batches,
        run.best,
    )


def write_model(worked: WorkedRun, request: SaveRequest) -> str:
    """Write the model as it stands between two steps: nothing, or the sentence that says why the file was not written."""
    history = request.history
    history.forget_after(worked.run.step)
    # Of the last steps the window may not have heard.
    known = history.number
    history.extend([step for step in worked.unheard if step.number > known])
    history.note_time(worked.run.step, worked.seconds)
    try:
        metrics = {} if request.is_urgent else _measured(worked.run)
        save_model(request.path, worked.run, worked.experiment, metrics, history)
    except NnlabError as error:
        return str(error)
    except MemoryError:
        return f"{request.path}: not saved, there is not enough memory for the file's content; close other programs"
    return ""


def _measured(run: TrainingRun) -> dict[str, Any]:
    """The figures of the model; none where they cannot be had, for which nobody should lose the model."""
    try:
        return measure(run) | {"parameters_sha256": parameters_sha256(run.model)}
    except (MemoryError, NnlabError):
        return {}
