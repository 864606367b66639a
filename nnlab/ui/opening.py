"""Reading an experiment or a model file beside the window: nothing that is open changes before it has been read."""

import math
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from nnlab.experiments.experiment import Experiment, load_experiment
from nnlab.experiments.model_file import SavedModel, load_model
from nnlab.ui.jobs import Job, Jobs


class Opening(QObject):
    """Reads the file that was asked for last; whatever was asked for before it is given up."""

    began = Signal(str)  # the title of what is read
    progressed = Signal(str, float)
    ended = Signal()
    read = Signal(object, object, object)  # Path, Experiment, SavedModel or None
    failed = Signal(str)  # the sentence to show

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._job: Job | None = None
        self._path: Path | None = None

    @property
    def path(self) -> Path | None:
        """Of the file that is being read; None where none is."""
        return self._path if self._job is not None else None

    def begin(self, path: Path) -> None:
        """Begin to read; `read` or `failed` follows, unless it is given up."""
        self.give_up()
        job, self._path = Job(f"Opening {path.name}"), path
        self._job = job
        job.done.connect(lambda found: self._finish(job, path, found))
        job.failed.connect(lambda sentence: self._fail(job, sentence))
        self.began.emit(job.title)
        self.progressed.emit(job.title, math.nan)
        self._jobs.start(job, lambda report: read_file(path))

    def give_up(self) -> None:
        """Nobody waits for what is being read any more; nothing follows."""
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()
            self.ended.emit()

    def _finish(self, job: Job, path: Path, found: tuple[Experiment, SavedModel | None]) -> None:
        if job is self._job:
            self._job = None
            self.ended.emit()
            self.read.emit(path, *found)

    def _fail(self, job: Job, sentence: str) -> None:
        if job is self._job:
            self._job = None
            self.ended.emit()
            self.failed.emit(sentence)


def read_file(path: Path) -> tuple[Experiment, SavedModel | None]:
    """The experiment in the file, with its model where the file holds one."""
    if path.suffix.lower() == ".safetensors":
        saved = load_model(path)
        return saved.experiment, saved
    return load_experiment(path), None
