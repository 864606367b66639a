"""Imports weights from the menu: which file, the table of both, and a fresh run that begins from them."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session
from nnlab.ui.widgets.job_dialog import show_progress
from nnlab.words import shown

if TYPE_CHECKING:
    from nnlab.experiments.imports.importing import Weights
    from nnlab.ui.importing.found import Found


def import_weights(session: Session, files: Files) -> None:
    """Ask which file, and show it beside the model."""
    # Loaded when it is wanted: a start needs none of it.
    from nnlab.experiments.imports.reading import ENDINGS

    kinds = " ".join(f"*{ending}" for ending in ENDINGS)
    # Of other kinds is told how to make one of these.
    chosen, _ = QFileDialog.getOpenFileName(
        files.window, "Import weights", str(files.folder), f"Weights ({kinds});;All files (*)"
    )
    if chosen:
        compare_beside(session, files.window, Path(chosen))


def compare_beside(session: Session, window: QWidget, path: Path) -> Job:
    """Read it as a job; the table of both follows, or a message that says why it cannot be read."""
    from nnlab.ui.importing.found import found_in

    job, experiment, dataset = Job(f"Reading {shown(path.name)}"), session.experiment, session.dataset
    if dataset is None:
        session.message.emit("There is no data yet, without which the model has no shape; choose it first.")
        return job
    job.done.connect(lambda found: _ask(session, window, found))
    job.failed.connect(session.message)
    show_progress(job, window)
    session.jobs.start(job, lambda report: found_in(experiment, dataset, path, report))
    return job


def _ask(session: Session, window: QWidget, found: "Found") -> None:
    from nnlab.ui.importing.dialog import WeightsDialog

    dialog = WeightsDialog(found, window)
    dialog.chosen.connect(lambda weights: _begin(session, window, found, weights))
    dialog.open()


def _begin(session: Session, window: QWidget, found: "Found", weights: "Weights") -> None:
    job = Job(f"Importing {found.name}")
    job.done.connect(session.begin_from)
    job.failed.connect(session.message)
    show_progress(job, window)
    session.jobs.start(job, lambda report: found.begun(weights, report))
