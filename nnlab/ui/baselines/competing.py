"""The comparison as a job: nnlab's own run, then each framework, one after the other, in processes that end with it."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from nnlab.datasets import Dataset
from nnlab.experiments.baselines.attempt import Heard
from nnlab.experiments.baselines.comparison import Contestant
from nnlab.experiments.baselines.contest import Contest, contest_of, own_lines, train_baseline, train_own
from nnlab.experiments.baselines.present import kept_contestant
from nnlab.experiments.computer import engine_versions
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.places import home, runs_folder
from nnlab.report import Report
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session


@dataclass(frozen=True)
class Wanted:
    """What is to be compared: the experiment, by frameworks, with a run of the store, or else (0) one that is trained.

    dataset: of that run, where it is there already
    """

    experiment: Experiment
    names: tuple[str, ...]
    run: int = 0
    dataset: Dataset | None = None


def scripts_folder() -> Path:
    """Where the scripts lie that were compared last."""
    return home() / "scripts"


class Competing(QObject):
    """One comparison at a time. What one of them has told by the time it is cancelled stays."""

    numbered = Signal(int)  # a run that has begun, by its number in the store
    found = Signal(object)  # Contestant, nnlab's own first
    said = Signal(str)
    _begun = Signal(str, int)  # told on the job's thread, as the two above are

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._begun.connect(lambda name, number: self.numbered.emit(number))

    def start(self, wanted: Wanted) -> Job:
        """Begin; the Job tells how far it is, and may be cancelled."""
        session, job = self._session, Job("Compare with")
        heard = Heard(self._begun.emit, self.said.emit, self.found.emit)
        folders = tuple(dict.fromkeys((*session.loading.folders, *session.runs.present.folders)))
        session.runs.write_down()

        def work(report: Report) -> None:
            if session.journal is not None:
                session.journal.flush()
            threads = int(engine_versions()["threads"])
            scripts = scripts_folder()
            scripts.mkdir(parents=True, exist_ok=True)
            store, _ = open_store(runs_folder())
            with closing(store), contest_of(wanted.experiment, folders, threads, heard, scripts) as contest:
                _compete(contest, wanted, store, report)

        session.jobs.start(job, work)
        return job


def _compete(contest: Contest, wanted: Wanted, store: RunStore, report: Report) -> None:
    own = _own(contest, wanted, store, report)
    for name in wanted.names:
        train_baseline(contest, name, own, store, report)


def _own(contest: Contest, wanted: Wanted, store: RunStore, report: Report) -> Contestant:
    if not wanted.run:
        return train_own(contest, report)
    report("nnlab: its parameters on the way", float("nan"))
    own = kept_contestant(store, wanted.run, contest.place, contest.folders, wanted.dataset, report)
    own = replace(own, code_lines=own_lines(contest))
    contest.heard.done(own)
    return own
