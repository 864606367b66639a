"""Reading a file or a run of the store beside the window: nothing that is open changes before it has been read."""

import math
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from nnlab.datasets import Dataset
from nnlab.errors import ComparisonFileError, SweepFileError
from nnlab.experiments.experiment import load_experiment
from nnlab.experiments.journal.continuation import continuation_at, of_file
from nnlab.experiments.journal.data_checksum import data_checksum
from nnlab.experiments.journal.resuming import differences
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.model_file import load_model
from nnlab.experiments.places import runs_folder
from nnlab.report import Report
from nnlab.ui.jobs import Job, Jobs
from nnlab.ui.opened import Opened, RunStep, Source


class Opening(QObject):
    """Reads what was asked for last; whatever was asked for before it is given up."""

    began = Signal(str)  # the title of what is read
    progressed = Signal(str, float)
    ended = Signal()
    read = Signal(object)  # Opened
    failed = Signal(str)  # the sentence to show, or "" where another signal has told why
    is_comparison = Signal(object)  # Path: it holds several experiments, which replace nothing that is open
    is_sweep = Signal(object)  # Path: it holds a sweep, which does not either

    def __init__(self, folders: Sequence[Path], jobs: Jobs) -> None:
        super().__init__()
        self._folders = folders
        self._jobs = jobs
        self._job: Job | None = None
        self._source: Source | None = None

    @property
    def source(self) -> Source | None:
        """What is being read; None where nothing is."""
        return self._source if self._job is not None else None

    def begin(self, source: Source, dataset: Dataset | None = None) -> None:
        """Begin to read; `read` or `failed` follows, unless it is given up. dataset is the one that is there already."""
        self.give_up()
        job, self._source = Job(f"Opening {source.name if isinstance(source, Path) else source.words}"), source
        self._job = job
        job.progressed.connect(lambda what, share: self._tell(job, what, share))
        job.done.connect(lambda found: self._finish(job, found))
        job.failed.connect(lambda sentence: self._fail(job, sentence))
        self.began.emit(job.title)
        self.progressed.emit(job.title, math.nan)
        if isinstance(source, Path):
            self._jobs.start(job, lambda report: read_file(source))
        else:
            self._jobs.start(job, lambda report: read_run(source, self._folders, report, dataset))

    def give_up(self) -> None:
        """Nobody waits for what is being read any more; nothing follows."""
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()
            self.ended.emit()

    def _tell(self, job: Job, what: str, share: float) -> None:
        if job is self._job:
            self.progressed.emit(f"{job.title}: {what}", share)

    def _finish(self, job: Job, found: Opened) -> None:
        if job is self._job:
            self._job = None
            self.ended.emit()
            self.read.emit(found)

    def _fail(self, job: Job, sentence: str) -> None:
        if job is self._job:
            self._job = None
            self.ended.emit()
            if isinstance(job.error, ComparisonFileError) and isinstance(self._source, Path):
                found = self.is_sweep if isinstance(job.error, SweepFileError) else self.is_comparison
                found.emit(self._source)
                sentence = ""
            self.failed.emit(sentence)


def read_file(path: Path) -> Opened:
    """The experiment in the file, with its model where the file holds one."""
    if path.suffix.lower() == ".safetensors":
        saved = load_model(path)
        return Opened(saved.experiment, path, of_file(saved))
    return Opened(load_experiment(path), path)


def read_run(wanted: RunStep, folders: Sequence[Path], report: Report, dataset: Dataset | None = None) -> Opened:
    """A run of the store as it was then; on data that is there already, where it learned from that."""
    store, notice = open_store(runs_folder())
    with closing(store):
        record = store.run(wanted.number)
        if dataset is not None and data_checksum(dataset) != record.data:
            dataset = None
        continuation, dataset = continuation_at(store, wanted.number, wanted.step, folders, report, dataset)
        caution = " ".join(filter(None, (notice, differences(record.facts))))
    return Opened(continuation.experiment, None, continuation, dataset, caution=caution)
