"""What the window offers when a published dataset lies nowhere: to download it, watch or cancel that, and go on with it."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar

from nnlab.datasets import DATASETS, DatasetSettings
from nnlab.datasets.download import download
from nnlab.datasets.mnist import Published
from nnlab.errors import DatasetError, MissingDatasetError
from nnlab.experiments.places import home
from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session
from nnlab.ui.widgets.card import set_role
from nnlab.ui.widgets.notice import NoticeLine

_STEPS = 1000


class DownloadNotice(NoticeLine):
    """A line of its own above the stage, so that no other message hides how far the download is."""

    refused = Signal(str)  # what is missing, while another dataset is downloaded: one after the other

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__()
        self.setAccessibleName("Download")
        self._session = session
        self._files = files
        self._job: Job | None = None
        self._published: Published | None = None
        self._settings = DatasetSettings()
        self._path: Path | None = None  # the file whose opening failed for want of the data
        self.bar = _progress_bar()
        self.add_part(self.bar)
        self.acted.connect(self._press)
        session.loading.missing.connect(self._offer)

    @property
    def is_busy(self) -> bool:
        """Whether a download goes on."""
        return self._job is not None

    def offer_for(self, path: Path, error: MissingDatasetError) -> None:
        """Of a file that was not opened as an experiment; it is opened again when its data is there."""
        self._offer(DatasetSettings(), error)
        if not self.is_busy:
            self._path = path

    def _offer(self, settings: DatasetSettings, error: DatasetError) -> None:
        if not isinstance(error, MissingDatasetError):
            return
        if self.is_busy and (self._published is None or self._published.name != error.name):
            self.refused.emit(str(error))
            return
        self._published = DATASETS[error.name].published
        self._settings, self._path = settings, self._files.path_of(self._session.experiment)
        if not self.is_busy:
            self._stand(str(error), "Download")

    def begin(self) -> None:
        """Download what was offered last, unless that goes on."""
        if self._published is not None and not self.is_busy:
            self._begin()

    def _stand(self, sentence: str, action: str) -> None:
        """Stand still with a sentence and what can be done about it."""
        set_role(self, "notice")
        self.button.setEnabled(True)
        self.bar.hide()
        self._close.show()
        self.tell(sentence, action)

    def _press(self) -> None:
        if self._job is None:
            self._begin()
        else:
            self._job.cancel()
            self.button.setEnabled(False)

    def _begin(self) -> None:
        published = self._published
        assert published is not None
        self._job = job = Job(f"Downloading {published.title}")
        job.progressed.connect(self._show_progress)
        job.done.connect(self._use)
        job.failed.connect(self._fail)
        job.cancelled.connect(self._stop)
        # Nothing to worry about any more.
        set_role(self, "card")
        self.tell(f"{job.title} …", "Cancel")
        self.bar.setValue(0)
        self.bar.show()
        # It could not be called back from where it cannot be seen.
        self._close.hide()
        self._session.jobs.start(job, lambda report: download(published, home() / "data", report))

    def _show_progress(self, what: str, share: float) -> None:
        self._text.setText(what)
        self.bar.setValue(round(_STEPS * share))

    def _stop(self) -> None:
        assert self._published is not None
        self._job = None
        self._stand(f"The download of {self._published.title} was cancelled; files that had arrived are kept.", "Download")

    def _fail(self, sentence: str) -> None:
        self._job = None
        self._stand(sentence, "Try again")

    def _use(self) -> None:
        self._job = None
        self.hide()
        if self._path is not None:
            self._files.open(self._path)
        else:
            session = self._session
            session.edit(replace(session.experiment, dataset=self._settings), "dataset.source")


def _progress_bar() -> QProgressBar:
    bar = QProgressBar()
    bar.setRange(0, _STEPS)
    bar.setTextVisible(False)
    bar.setFixedWidth(160)
    bar.setAccessibleName("Progress of the download")
    return bar
