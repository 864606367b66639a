"""A report from the window: of the present run, or of those that are selected, written beside what else goes on."""

from collections.abc import Sequence
from contextlib import closing
from math import isnan
from pathlib import Path

from PySide6.QtWidgets import QProgressDialog, QWidget

from nnlab.experiments.journal.store import open_store
from nnlab.experiments.places import runs_folder
from nnlab.experiments.run_report.writing import ENDINGS, report_name, write_report
from nnlab.report import Report
from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session
from nnlab.ui.widgets.card import label

# What takes less is not worth a look at how far it is.
_MILLISECONDS = 700
_NOTHING_YET = "There is no run to report on yet; make a step first (Run), so that it is in the store of runs."


def report_on_present(session: Session, files: Files) -> None:
    """Ask where to, and write a report of the run that there is."""
    number = session.progress.number
    if number:
        report_on(session, files, (number,), session.experiment.name)
    else:
        session.message.emit(_NOTHING_YET)


def report_on(session: Session, files: Files, numbers: Sequence[int], name: str) -> None:
    """Ask where to, and write a report of these runs of the store; `name` is the first one's."""
    title = f"Report on run {numbers[0]:,}" if len(numbers) == 1 else f"Report on {len(numbers)} runs"
    path = files.ask_where(title, report_name(numbers, name), ENDINGS, "Report")
    if path is not None:
        write_beside(session, files.window, title, numbers, path)


def write_beside(session: Session, window: QWidget, title: str, numbers: Sequence[int], path: Path) -> Job:
    """Write it as a job; where it is, or why it is not, becomes a message."""
    job, folders = Job(title), session.loading.folders
    dialog = _Progress(job, window)
    job.ended.connect(dialog.end)
    job.done.connect(lambda _: session.message.emit(f"The report was saved in {path}."))
    job.failed.connect(session.message)
    session.jobs.start(job, lambda report: _write(numbers, path, folders, report))
    return job


def _write(numbers: Sequence[int], path: Path, folders: Sequence[Path], report: Report) -> None:
    store, _ = open_store(runs_folder())
    with closing(store):
        write_report(store, numbers, path, folders, report)


class _Progress(QProgressDialog):
    """How far a job is, once it has taken a moment; the window can be used meanwhile."""

    def __init__(self, job: Job, window: QWidget) -> None:
        super().__init__("", "Cancel", 0, 0, window)
        self.setWindowTitle(job.title)
        # What is read may be called like markup.
        self.setLabel(label(""))
        self.setAutoClose(False)
        self.setAutoReset(False)
        self.setMinimumDuration(_MILLISECONDS)
        self.canceled.connect(job.cancel)
        job.progressed.connect(self._show_progress)

    def _show_progress(self, what: str, share: float) -> None:
        self.setLabelText(what)
        self.setRange(0, 0 if isnan(share) else 100)
        if not isnan(share):
            self.setValue(round(100 * share))

    def end(self) -> None:
        """The work is over."""
        self.canceled.disconnect()
        self.close()
        self.deleteLater()
