"""A run as a report tells of it: its row in the store, its experiments, its curves, and the run itself if it can be had."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nnlab.errors import CancelledError, NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import RunStore
from nnlab.report import Report, silent
from nnlab.training import TrainingRun
from nnlab.training.history import History
from nnlab.words import shown


@dataclass(frozen=True, eq=False)
class Reported:
    """begun, experiment: before the first step, and after the last    run: after the last step, or None and the `problem`"""

    record: RunRecord
    begun: Experiment
    experiment: Experiment
    history: History
    run: TrainingRun | None = None
    problem: str = ""

    @property
    def heading(self) -> str:
        """Its number and its name."""
        return f"Run {self.record.number:,}, {shown(self.record.name, 40)}"


def reported_run(store: RunStore, number: int, folders: Sequence[Path], report: Report = silent) -> Reported:
    """All that there is of it. That its data is gone costs the pictures, and that its curves are damaged the curves."""
    told, problems = told_run(store, number), []
    history, run = told.history, None
    try:
        history = history_of(store.curves(number), told.record.step, told.record.score)
    except NnlabError as error:
        problems.append(str(error))
    try:
        run = run_at(store, told.record, told.record.step, folders, report).run
    except CancelledError:
        raise
    except NnlabError as error:
        problems.append(str(error))
    return Reported(told.record, told.begun, told.experiment, history, run, " ".join(problems))


def told_run(store: RunStore, number: int) -> Reported:
    """What stands in its row alone."""
    record = store.run(number)
    return Reported(record, record.first_experiment(), record.present_experiment(), History())
