"""Loading data beside the window and the training: on a thread of its own, told how far it is, free to be cancelled."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from nnlab.datasets import Dataset, DatasetSettings
from nnlab.datasets.array_settings import ArraySettings
from nnlab.datasets.drawn import drawn_so_far, is_blank
from nnlab.datasets.files import FileSource
from nnlab.errors import MissingDatasetError, MissingEncoderError, NnlabError
from nnlab.experiments.assembly import find_encoder, load_data
from nnlab.report import Report
from nnlab.ui.jobs import Job, Jobs

# The one before is kept, so that undo and comparing two datasets take no time.
_MOST_KEPT = 2
_Key = tuple[ArraySettings, tuple[tuple[str, int], ...]]


class Loading(QObject):
    """Loads what was asked for last; whatever was asked for before it is given up."""

    began = Signal(str)  # the title of what is loaded
    progressed = Signal(str, float)  # what is being done, share done or NaN
    ended = Signal()
    loaded = Signal(object, object)  # DatasetSettings, Dataset; the arrays are read-only from then on
    missing = Signal(object, object)  # DatasetSettings, a MissingDatasetError or MissingEncoderError; `failed` follows
    failed = Signal(object, str)  # DatasetSettings, the sentence to show, or "" after a cancel, or where it is offered

    def __init__(self, folders: list[Path], jobs: Jobs) -> None:
        super().__init__()
        self.folders = folders
        self._jobs = jobs
        self._job: Job | None = None
        self._arrays: ArraySettings | None = None
        self._kept: dict[_Key, Dataset] = {}
        self.error: NnlabError | None = None  # why what was asked for last could not be loaded

    @property
    def arrays(self) -> ArraySettings | None:
        """What decides about the arrays that are being loaded; None where none are."""
        return self._arrays if self._job is not None else None

    def load(self, settings: DatasetSettings, near: Path | None = None) -> None:
        """Begin to load; `loaded` or `failed` follows, unless something else is asked for meanwhile."""
        self.give_up()
        folders = [*self.folders, near] if near else self.folders
        self._arrays = settings.arrays
        job = self._job = Job(f"Loading {settings.source.short_name}")
        job.progressed.connect(lambda what, share: self._tell(job, what, share))
        job.done.connect(lambda found: self._finish(job, settings, found))
        job.failed.connect(lambda sentence: self._fail(job, settings, sentence))
        job.cancelled.connect(lambda: self._fail(job, settings, ""))
        self.began.emit(job.title)
        self._jobs.start(job, lambda report: self._find(settings, folders, report))

    def cancel(self) -> None:
        """Stop what is being loaded, because the person said so: `failed` follows."""
        if self._job is not None:
            self._job.cancel()

    def give_up(self) -> None:
        """Nobody waits for what is being loaded any more; nothing follows."""
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()
            self.ended.emit()

    def _find(self, settings: DatasetSettings, folders: list[Path], report: Report) -> tuple[_Key, Dataset]:
        """The dataset, kept or loaded anew; on the job's thread."""
        key = _key(settings, folders)
        # Asked once: the window's thread may drop it in between.
        kept = self._kept.get(key)
        if kept is not None:
            return key, kept
        # The window shows an empty plane, though nothing can learn from it yet.
        source = settings.source
        return key, drawn_so_far(source, settings.seed) if is_blank(source) else load_data(settings, folders, report)

    def _tell(self, job: Job, what: str, share: float) -> None:
        if job is self._job:
            self.progressed.emit(what, share)

    def _finish(self, job: Job, settings: DatasetSettings, found: tuple[_Key, Dataset] | None) -> None:
        if found is None:
            # A fault of nnlab's own, which has been told already.
            self._fail(job, settings, "")
            return
        key, dataset = found
        self._kept.pop(key, None)
        self._kept[key] = dataset
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        if job is self._job:
            self._job = None
            self.ended.emit()
            self.loaded.emit(settings, dataset)

    def _fail(self, job: Job, settings: DatasetSettings, sentence: str) -> None:
        if job is self._job:
            self._job = None
            self.ended.emit()
            self.error = job.error if isinstance(job.error, NnlabError) else None
            if isinstance(job.error, MissingDatasetError | MissingEncoderError):
                self.missing.emit(settings, job.error)
                sentence = "" if is_offered(job.error) else sentence
            self.failed.emit(settings, sentence)


def is_offered(error: Exception | None) -> bool:
    """Whether the window can fetch what is missing, or make it: then a notice of its own says so."""
    return isinstance(error, MissingDatasetError) or (isinstance(error, MissingEncoderError) and error.recipe is not None)


def _key(settings: DatasetSettings, folders: list[Path]) -> _Key:
    """What the arrays depend on. A file that has changed, as an encoder that was trained again, gives others."""
    source = settings.source
    paths = [Path(path) for path in (source.path, source.test_path) if path] if isinstance(source, FileSource) else []
    if settings.encoder:
        paths.append(find_encoder(settings.encoder, folders))
    return settings.arrays, tuple((str(path), _changed(path)) for path in paths)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except (OSError, ValueError):
        return 0
