"""Training trials, one after the other, in the process that this is: whatever happens to one is its outcome."""

import math
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from nnlab.errors import CancelledError, DatasetError, DivergedError, NnlabError
from nnlab.experiments.assembly import LoadedData, assemble
from nnlab.experiments.experiment import Experiment, parse_experiment
from nnlab.experiments.headless_training import Curves, Work, check_breakpoints, take_steps
from nnlab.experiments.interruption import Interruption
from nnlab.experiments.journal.journal import Journal
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.replay import in_folder, run_at
from nnlab.experiments.journal.resuming import resumed_run
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.measuring import measure
from nnlab.experiments.model_file import parameters_sha256
from nnlab.experiments.sweeps.figures import missing_part
from nnlab.experiments.sweeps.records import CANCELLED, DIVERGED, DONE, FAILED
from nnlab.experiments.sweeps.task import IsStopped, Outcome, Task
from nnlab.models.metrics import score_of
from nnlab.report import Report
from nnlab.training import Step, TrainingRun
from nnlab.training.history import History
from nnlab.words import printable, without_middle

# Of training, between two looks whether it is to stop.
_LOOK_SECONDS = 0.05
_LONGEST_FAULT = 200


class Trainer:
    """Trains with a journal, and keeps the data between trials that have it in common; goes on with runs of a store.

    On another machine: `here` is where relative paths lead on from, and `who` is named where the data is not there.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        journal: Journal,
        store: Path | None = None,
        loaded: LoadedData | None = None,
        here: Path | None = None,
        who: str = "",
    ) -> None:
        self._folders, self._journal, self._store, self._here, self._who = folders, journal, store, here, who
        self._loaded = loaded or LoadedData()

    def train(self, task: Task, is_stopped: IsStopped) -> Outcome:
        """To its end, or until it is stopped. Raises nothing: what goes wrong with one trial stops no other."""
        try:
            return self._kept(task, is_stopped) or self._trained(task, self._work(task, is_stopped), is_stopped)
        except CancelledError:
            return Outcome(task.trial, CANCELLED, "stopped before its first step")
        except DivergedError as error:
            return Outcome(task.trial, DIVERGED, str(error))
        except DatasetError as error:
            return Outcome(task.trial, FAILED, f"{self._who}{error}")
        except NnlabError as error:
            return Outcome(task.trial, FAILED, str(error))
        except MemoryError:
            return Outcome(task.trial, FAILED, "there is not enough memory for it; sweep with fewer workers, or less data")
        except Exception as error:
            fault = printable(without_middle(f"{type(error).__name__}: {error}", _LONGEST_FAULT))
            return Outcome(task.trial, FAILED, f"nnlab met a fault of its own ({fault}); please report it")

    def _work(self, task: Task, is_stopped: IsStopped) -> Work:
        experiment, report = parse_experiment(task.experiment), _reporting(is_stopped)
        check_breakpoints(experiment)
        work = self._resumed(task, experiment, report)
        if work is None:
            # The run itself keeps the paths as they were written.
            whole = in_folder(experiment, self._here) if self._here else experiment
            run = assemble(experiment, self._folders, self._loaded.of(whole.dataset, self._folders, report))
            history = History(score=score_of(run.data.dataset.targets))
            work = Work(run, experiment, history, folders=self._folders, tags=task.tags, trial=(task.sweep, task.trial))
        if problem := missing_part(work.run, task.objective):
            raise NnlabError(problem)
        return work

    def _kept(self, task: Task, is_stopped: IsStopped) -> Outcome | None:
        """What another sweep's run came to, which is only read; None where it, or its data, is not as it was."""
        if task.kept is None or self._store is None:
            return None
        experiment, report = parse_experiment(task.experiment), _reporting(is_stopped)
        try:
            with closing(RunStore(self._store)) as store:
                record = store.run(task.kept)
                dataset = self._loaded.of(experiment.dataset, self._folders, report)
                stood = run_at(store, record, record.step, self._folders, report, dataset)
        except CancelledError:
            raise
        except NnlabError:
            return None
        outcome = _outcome(task, Work(stood.run, stood.experiment, seconds=record.seconds), "")
        return replace(outcome, kept=task.kept) if outcome.state == DONE else None

    def _resumed(self, task: Task, experiment: Experiment, report: Report) -> Work | None:
        """From where it stands in the store; None where it is not there, or cannot be had as it would have become."""
        if task.run is None or self._store is None:
            return None
        try:
            with closing(RunStore(self._store)) as store:
                record = store.run(task.run)
                # Somebody may have opened it, and done things to it.
                if record.events or record.first_experiment() != experiment:
                    return None
                return resumed_run(store, task.run, self._folders, report=report)
        except CancelledError:
            raise
        except NnlabError:
            return None

    def _trained(self, task: Task, work: Work, is_stopped: IsStopped) -> Outcome:
        run = work.run
        interruption = Interruption()
        due = 0.0

        def look(run: TrainingRun, step: Step, seconds: float) -> None:
            nonlocal due
            if seconds >= due:
                due = seconds + _LOOK_SECONDS
                interruption.number = int(is_stopped())

        recorder = Recorder(
            self._journal,
            run,
            work.experiment,
            work.folders,
            log=work.log,
            history=work.history,
            tags=work.tags,
            trial=work.trial,
        )
        ending = "failed"
        try:
            curves = Curves(work.history, run.step, work.seconds)
            _, _, stop = take_steps(work, curves, recorder, interruption, look)
            ending = stop.words if stop else run.stopped.words if run.stopped else ""
        except DivergedError:
            ending = run.stopped.words if run.stopped else "diverged"
            raise
        finally:
            recorder.record(work.seconds, ending, is_left=True)
            self._journal.flush()
        if not ending:
            return Outcome(task.trial, CANCELLED, f"stopped after step {run.step:,}", seconds=work.seconds)
        return _outcome(task, work, "" if stop is None else stop.words)


def _outcome(task: Task, work: Work, reason: str) -> Outcome:
    figures = measure(work.run)
    objective = figures.get(task.objective)
    checksum = parameters_sha256(work.run.model)
    if objective is None or not math.isfinite(objective):
        state = FAILED
        reason = f"search.objective: {task.objective} is no number here, or one that this model has not; choose another"
    else:
        state = DONE
    return Outcome(task.trial, state, reason, objective, figures, checksum, work.seconds)


def _reporting(is_stopped: IsStopped) -> Report:
    """Loading data and replaying can take long, and are cancelled by whoever hears how far they are."""

    def report(what: str, share: float) -> None:
        if is_stopped():
            raise CancelledError("stopped")

    return report
