"""A report from the window: of the present run, or of those that are selected, written beside what else goes on."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from nnlab.experiments.journal.store import open_store
from nnlab.experiments.places import runs_folder
from nnlab.report import Report
from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session
from nnlab.ui.views.curves.curves import CurvesView
from nnlab.ui.widgets.job_dialog import show_progress

# Of more runs nobody could tell the curves apart.
MOST_RUNS = 20
# What the axes of curves are called in a report.
_AXES = {"epochs": "epochs", "batches": "steps", "seconds": "seconds"}
_NOTHING_YET = "There is no run to report on yet; make a step first (Run), so that it is in the store of runs."


def report_on_present(session: Session, files: Files, curves: CurvesView) -> None:
    """Ask where to, and write a report of the run that there is."""
    number = session.progress.number
    if number:
        report_on(session, files, (number,), session.experiment.name, curves)
    else:
        session.message.emit(_NOTHING_YET)


def report_on(session: Session, files: Files, numbers: Sequence[int], name: str, curves: CurvesView) -> None:
    """Ask where to, and write a report of these runs of the store over the axis that the curves have at present; `name` is
    the first one's.
    """
    # Loaded when it is wanted, with what makes pictures: a start needs none of it.
    from nnlab.experiments.run_report.writing import ENDINGS, report_name

    title = f"Report on run {numbers[0]:,}" if len(numbers) == 1 else f"Report on {len(numbers)} runs"
    path = files.ask_where(title, report_name(numbers, name), ENDINGS, "Report")
    if path is not None:
        write_beside(session, files, title, numbers, path, _AXES[curves.controls.axis])


def write_beside(
    session: Session, files: Files, title: str, numbers: Sequence[int], path: Path, axis: str = "epochs"
) -> Job:
    """Write it as a job; where it is, or why it is not, becomes a message."""
    job, folders = Job(title), session.loading.folders
    show_progress(job, files.window)
    job.done.connect(lambda _: files.tell_written(f"The report was saved in {path}.", path))
    job.failed.connect(session.message)
    session.jobs.start(job, lambda report: _write(numbers, path, folders, report, axis))
    return job


def _write(numbers: Sequence[int], path: Path, folders: Sequence[Path], report: Report, axis: str) -> None:
    from nnlab.experiments.run_report.writing import write_report

    store, _ = open_store(runs_folder())
    with closing(store):
        write_report(store, numbers, path, folders, report, axis=axis)
