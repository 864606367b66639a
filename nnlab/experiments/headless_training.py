"""Training without a window: what `nnlab train` and `nnlab resume` do, as functions."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnlab.errors import InterruptedRunError, NnlabError, OutOfMemoryError, SettingError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.file_stem import file_stem
from nnlab.experiments.interruption import Interruption, noted_signals
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.run_log import RunLog
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.measuring import measure
from nnlab.experiments.model_content import model_bytes
from nnlab.experiments.model_file import parameters_sha256
from nnlab.experiments.model_place import ModelPlace
from nnlab.experiments.onlooker import Onlooker
from nnlab.experiments.sharing import sharing
from nnlab.models.metrics import score_of
from nnlab.training import Step, TrainingRun
from nnlab.training.events import Stop
from nnlab.training.history import History
from nnlab.training.watch import Watch

_STEPS_AT_ONCE, _SECONDS_AT_ONCE = 1024, 0.1
Progress = Callable[[TrainingRun, Step, float], None]


@dataclass
class Work:
    """A run that is to be trained to its end: from the beginning, or from where it stands.

    history: its curves so far    seconds: trained so far    folders: where its data and encoder were looked for
    log: what the store of runs has of it, None where it is new    tags: by which it is found there
    trial: the numbers of the sweep that it is a trial of, and of the trial
    """

    run: TrainingRun
    experiment: Experiment
    history: History = field(default_factory=History)
    seconds: float = 0.0
    folders: Sequence[Path] = ()
    log: RunLog | None = None
    tags: tuple[str, ...] = ()
    trial: tuple[int, int] | None = None


def run_experiment(
    experiment: Experiment,
    folders: Sequence[Path],
    output: Path,
    threads: int = 0,
    progress: Progress | None = None,
    journal: JournalWriter | None = None,
    helpers: int = 0,
) -> dict[str, Any]:
    """Train to the end, save the model into the folder `output`, and report. `seconds` is training alone.

    When training diverges, lacks memory or its data, or is interrupted by a signal, the model is saved as it then stands,
    between two steps, before the error goes on. threads and helpers are as `sharing` has them. Where the model lies is told
    as `ModelPlace.report` has it. With a journal the run is in the store of runs while it happens.
    """
    check_breakpoints(experiment)
    run = assemble(experiment, folders)
    with sharing(run, experiment, threads, helpers) as threads:
        history = History(score=score_of(run.data.dataset.targets))
        return finish(Work(run, experiment, history, folders=folders), output, threads, progress, journal)


def finish(
    work: Work, output: Path, threads: int, progress: Progress | None = None, journal: JournalWriter | None = None
) -> dict[str, Any]:
    """As `run_experiment`, from where a run stands."""
    run, keeping = work.run, _Keeping(work, output, journal)
    onlooker = Onlooker(work.experiment, work.folders)

    def watch(run: TrainingRun, step: Step, seconds: float) -> None:
        if onlooker.hear(step, seconds):
            onlooker.look(run, keeping.curves.history)
        if progress is not None:
            progress(run, step, seconds)

    place = keeping.place
    with noted_signals() as interruption:
        try:
            examples, seconds, stop = take_steps(work, keeping.curves, keeping.recorder, interruption, watch)
        except NnlabError as error:
            keeping.record(run.stopped.words if run.stopped else "")
            # Before the first step there is nothing to save; a run that diverged in it says more by its file.
            if not run.step and not run.divergence:
                raise
            keeping.save({})
            raise type(error)(f"{error}; {place.words}") from None
        stopped = stop.words if stop else run.stopped.words if run.stopped else ""
        # What was learned is safe before it is measured: in the store, then in a file, for which the disk may be too full.
        ways_on = keeping.record("" if interruption.number else stopped or "done")
        keeping.save({})
    if interruption.number:
        sentence = f"interrupted ({interruption.name}) after step {run.step:,}; {place.words}{ways_on}"
        raise InterruptedRunError(sentence, interruption.exit_status)
    report = {"experiment": work.experiment.name, **_facts(run), "stopped": stopped, **_speed(examples, seconds)}
    report |= {**_measured(run, place.path), "parameters_sha256": parameters_sha256(run.model)}
    report |= {"threads": threads, "helpers": run.helpers, **_alone(run)}
    report |= ({"advice": words} if (words := onlooker.words) else {}) | _ways_on(keeping.number, place, stop)
    keeping.save(report)
    return report | place.report()


class _Keeping:
    """Where a run is kept while it trains and in the end: in the store of runs, where there is one, and in a model file."""

    def __init__(self, work: Work, output: Path, journal: JournalWriter | None) -> None:
        self.place = ModelPlace(output, file_stem(work.experiment.name))
        self.curves = Curves(work.history, work.run.step, work.seconds)
        self.recorder: Recorder | None = None
        if journal is not None:
            run, experiment = work.run, work.experiment
            self.recorder = Recorder(
                journal, run, experiment, work.folders, log=work.log, history=work.history, tags=work.tags
            )
        self._work, self._journal = work, journal

    @property
    def number(self) -> int | None:
        """The run's in the store."""
        return self.recorder.log.number if self.recorder is not None else None

    def save(self, metrics: dict[str, Any]) -> None:
        """Write the model file, with what was measured."""
        run, experiment = self._work.run, self._work.experiment
        self.place.write(model_bytes(run, experiment, metrics, self.curves.history), run, experiment)

    def record(self, ending: str = "") -> str:
        """Write down where the run stands, and wait until it is written; words for the way to go on with it."""
        if self._journal is None or self.recorder is None:
            return ""
        self.recorder.record(self._work.seconds, ending, is_left=True)
        self._journal.flush()
        return "" if self.number is None else f"; `nnlab resume {self.number}` goes on with it"


def _alone(run: TrainingRun) -> dict[str, Any]:
    """Why this process made all parts of its steps by itself, where helpers were to make them."""
    why = run.alone_because or (run.crew.trouble if run.crew is not None else "")
    return {"alone_because": why} if why else {}


def _speed(examples: int, seconds: float) -> dict[str, Any]:
    return {"seconds": seconds, "examples_per_second": examples / seconds if seconds else 0.0}


def _facts(run: TrainingRun) -> dict[str, Any]:
    """What the run counted."""
    return {
        "parameters": run.model.parameters.size,
        "epochs": run.epoch,
        "steps": run.step,
        "best_epoch": run.best.epoch if run.best else None,
    }


def _ways_on(number: int | None, place: ModelPlace, stop: Stop | None) -> dict[str, Any]:
    """The run's number in the store, if it is there; and the command that goes on where a breakpoint has stopped it."""
    ways: dict[str, Any] = {} if number is None else {"run": number}
    return ways if stop is None else ways | {"resume": f"nnlab resume {place.path if number is None else number}"}


def check_breakpoints(experiment: Experiment) -> None:
    """Raise SettingError, which says which one, where a breakpoint can never become true in this experiment."""
    for number, one in enumerate(experiment.training.stop_when):
        if one.on and (problem := one.problem(experiment.dataset, experiment.model)):
            raise SettingError(f"training.stop_when.{number}: {problem}")


def take_steps(
    work: Work, curves: "Curves", recorder: Recorder | None, interruption: Interruption, progress: Progress | None
) -> tuple[int, float, Stop | None]:
    """Take all steps, or those before a signal or a breakpoint; how many examples were learned from, in how many seconds."""
    examples, started, before, aside = 0, time.perf_counter(), work.seconds, 0.0
    watch = Watch(work.run)
    try:
        # Nobody sets a breakpoint meanwhile.
        is_watched = bool(work.run.settings.stop_when)
        while steps := watch.stretch() if is_watched else work.run.stretch(_SECONDS_AT_ONCE):
            examples += sum(step.examples for step in steps)
            seconds = time.perf_counter() - started - aside
            curves.extend(steps, before + seconds)
            if recorder is not None:
                recorder.extend(steps, before + seconds)
            if progress is not None:
                told = time.perf_counter()
                for step in steps:
                    progress(work.run, step, seconds)
                # To look at a run is no training.
                aside += time.perf_counter() - told
            # At the end the best epoch is still put back.
            if watch.stop is not None or (interruption.number and work.run.ending is None):
                break
    finally:
        seconds = time.perf_counter() - started - aside
        work.seconds = before + seconds
    return examples, seconds, watch.stop


def _measured(run: TrainingRun, path: Path) -> dict[str, float | None]:
    try:
        return measure(run)
    except MemoryError:
        raise OutOfMemoryError(
            f"the trained model lies in {path}, but there is not enough memory to measure it; close other programs, then "
            "use nnlab evaluate"
        ) from None


class Curves:
    """A run's history, extended by many steps at once: one by one would cost more than a small model's step."""

    def __init__(self, history: History, number: int, seconds: float) -> None:
        history.note_time(number, seconds)
        self._history = history
        self._steps: list[Step] = []
        self._seconds = self._extended = seconds

    def extend(self, steps: Sequence[Step], seconds: float) -> None:
        """Steps were made, after which the run has been trained for so long."""
        self._steps.extend(steps)
        self._seconds = seconds
        if len(self._steps) >= _STEPS_AT_ONCE or seconds > self._extended + _SECONDS_AT_ONCE:
            self._extend()

    def _extend(self) -> None:
        if self._steps:
            self._history.extend(self._steps)
            self._history.note_time(self._steps[-1].number, self._seconds)
            self._steps.clear()
        self._extended = self._seconds

    @property
    def history(self) -> History:
        """With every step so far."""
        self._extend()
        return self._history
