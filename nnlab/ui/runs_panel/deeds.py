"""What takes more than a line of what can be done with the runs that are selected."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from shlex import quote

from PySide6.QtWidgets import QFileDialog, QInputDialog

from nnlab.errors import NnlabError
from nnlab.experiments.exports import Source, written
from nnlab.experiments.file_stem import file_stem
from nnlab.experiments.journal.exporting import export_run
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.replay import as_begun
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.places import runs_folder
from nnlab.optional import is_installed, missing_sentence
from nnlab.report import Report
from nnlab.ui.action_row import Desk
from nnlab.ui.jobs import Job
from nnlab.ui.opened import Opened
from nnlab.ui.reporting import report_on
from nnlab.ui.widgets.job_dialog import show_progress

_KINDS = {".safetensors": "Model", ".toml": "Experiment", ".csv": "Curves"}


def open_at(desk: Desk, number: int) -> None:
    """Ask for a step, and open the run as it was after that."""
    record = desk.runs_panel.records[number]
    first = record.first_step
    step, is_chosen = QInputDialog.getInt(
        desk.files.window,
        "Open at a step",
        f"Run {number:,} as it was after step ({first:,} to {record.step:,}):",
        record.step,
        first,
        max(first, record.step),
    )
    if is_chosen:
        desk.session.open_run(number, step)


def duplicate(desk: Desk, number: int) -> None:
    """Its settings become an experiment of their own, which no file has yet."""
    try:
        experiment = as_begun(desk.runs_panel.records[number])
    except NnlabError as error:
        desk.session.message.emit(f"run {number:,}: its settings cannot be read any more ({error})")
        return
    desk.files.use(Opened(experiment))


def tick(desk: Desk, numbers: tuple[int, ...]) -> None:
    """All of them, or none where all were."""
    ticked = desk.session.ticked
    is_on = not all(number in ticked.numbers for number in numbers)
    for number in numbers:
        ticked.tick(number, is_on)


def star(desk: Desk, numbers: tuple[int, ...]) -> None:
    """All of them, or none where all were."""
    records = desk.runs_panel.records
    is_on = not all(records[number].star for number in numbers)
    for number in numbers:
        desk.runs_panel.change(number, star=is_on)


def delete(desk: Desk, numbers: tuple[int, ...]) -> None:
    """Take them off the list, but for the one that is open in this window; those put aside in it are so no longer."""
    session = desk.session
    if session.progress.number in numbers:
        session.message.emit(
            f"Run {session.progress.number:,} is open in this window; press Reset or open another one, then delete it."
        )
    if free := tuple(number for number in numbers if number != session.progress.number):
        session.leave_aside(free, lambda: desk.runs_panel.delete(free))


def report(desk: Desk, numbers: tuple[int, ...]) -> None:
    """One page of the run, or of all of them compared with the first that was made."""
    numbers = tuple(sorted(numbers))
    report_on(desk.session, desk.files, numbers, desk.runs_panel.records[numbers[0]].name, desk.curves)


def export(desk: Desk, number: int) -> None:
    """Ask where to and as what, and write it beside the window."""
    record, files = desk.runs_panel.records[number], desk.files
    path = files.ask_where(f"Export run {number:,}", f"{file_stem(record.name)}-run-{number}", _KINDS)
    if path is not None:
        export_to(desk, number, path)


def export_to(desk: Desk, number: int, path: Path) -> None:
    """Write it; where it is, or why it is not, becomes a message."""
    session = desk.session
    job, folders = Job(f"Exporting run {number:,}"), session.loading.folders
    job.done.connect(lambda _: desk.files.tell_written(f"Run {number:,} was exported to {path}.", path))
    job.failed.connect(session.message)
    session.jobs.start(job, lambda report: _write(number, path, folders, report))


def export_tensorboard(desk: Desk, numbers: tuple[int, ...]) -> None:
    """Ask for a folder, and write them into it beside the window, so that they are compared there."""
    files, session = desk.files, desk.session
    if not is_installed("tensorboard"):
        session.message.emit(missing_sentence("tensorboard"))
        return
    chosen = QFileDialog.getExistingDirectory(files.window, "Folder for TensorBoard", str(files.folder_of()))
    if chosen:
        write_tensorboard(desk, tuple(sorted(numbers)), Path(chosen))


def write_tensorboard(desk: Desk, numbers: tuple[int, ...], folder: Path) -> None:
    """A folder of each; how to see it, or why it is not there, becomes a message."""
    session = desk.session
    records, folders = [desk.runs_panel.records[number] for number in numbers], tuple(session.loading.folders)
    which = f"Run {numbers[0]:,} was" if len(numbers) == 1 else f"{len(numbers)} runs were"
    said = f"{which} exported; to see it: tensorboard --logdir {quote(str(folder))}"
    job = Job("Exporting for TensorBoard")
    show_progress(job, desk.files.window)
    job.done.connect(lambda problems: desk.files.tell_written(f"{said}{problems}", folder))
    job.failed.connect(session.message)
    session.jobs.start(job, lambda report: _write_all(records, folders, folder, report))


def _write_all(records: Sequence[RunRecord], folders: tuple[Path, ...], folder: Path, report: Report) -> str:
    """What could not be had of them, in words."""
    sources = [Source(record.present_experiment(), folders, run=record.number) for record in records]
    told = [written(source, "tensorboard", folder, report) for source in sources]
    problems = dict.fromkeys(str(one["problem"]) for one in told if "problem" in one)
    return f". Not all could be had: {' '.join(problems)}" if problems else ""


def _write(number: int, path: Path, folders: list[Path], report: Report) -> None:
    store, _ = open_store(runs_folder())
    with closing(store):
        export_run(store, number, path, None, folders, report)
