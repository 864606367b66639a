"""Trains what a comparison file names, run after run, beside the window and its own run."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from nnlab.errors import MissingDatasetError
from nnlab.experiments.variations import Variations, load_variations
from nnlab.experiments.variations_training import train_in_turn
from nnlab.report import Report
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session


class ComparisonTraining(QObject):
    """One comparison at a time, as a job that may be cancelled: what was trained of it is kept."""

    began = Signal(str)  # the comparison's name
    progressed = Signal(str, float)  # the run that is trained, and the share of all that is done
    added = Signal()  # another of its runs is in the store
    ended = Signal()
    refused = Signal(str)  # why nothing is trained
    missing = Signal(object, object)  # Path, MissingDatasetError: its data is not there
    _begun = Signal(int)  # the number of a run, told on the thread that trains it

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._job: Job | None = None
        self.numbers: tuple[int, ...] = ()  # of the runs of the last comparison that have begun
        self._begun.connect(self._add)

    @property
    def is_busy(self) -> bool:
        """Whether one is being trained."""
        return self._job is not None

    @property
    def title(self) -> str:
        """What the one is called that is being trained; "" where none is."""
        return self._job.title if self._job is not None else ""

    def open(self, path: Path) -> None:
        """Read a comparison file, and train what it names."""
        job = Job(f"Opening {path.name}")
        job.done.connect(lambda found: self._train(found, path))
        job.failed.connect(self.refused)
        self._session.jobs.start(job, lambda report: load_variations(path))

    def cancel(self) -> None:
        """End between two steps; the run that is trained can be gone on with."""
        if self._job is not None:
            self._job.cancel()

    def _train(self, variations: Variations, path: Path) -> None:
        journal = self._session.journal
        if journal is None:
            self.refused.emit(f"{variations.name}: runs are not kept in this window, so that there is nothing to compare.")
            return
        if self._job is not None:
            self.refused.emit(f"{self._job.title} is still being trained; wait for it, or cancel it, first.")
            return
        self.numbers = ()
        folders = [*self._session.loading.folders, *variations.near]
        job = self._job = Job(variations.name)

        def work(report: Report) -> None:
            train_in_turn(variations, folders, journal, self._begun.emit, report)

        job.progressed.connect(self.progressed)
        job.failed.connect(lambda sentence: self._fail(job, path, sentence))
        job.ended.connect(self._end)
        self.began.emit(job.title)
        self._session.jobs.start(job, work)

    def _add(self, number: int) -> None:
        self.numbers = (*self.numbers, number)
        self.added.emit()

    def _fail(self, job: Job, path: Path, sentence: str) -> None:
        if isinstance(job.error, MissingDatasetError):
            self.missing.emit(path, job.error)
        else:
            self.refused.emit(sentence)

    def _end(self) -> None:
        self._job = None
        self.ended.emit()
