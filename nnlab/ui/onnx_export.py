"""The model as ONNX from the window: of the run as it is seen, now or at an earlier step, beside what else goes on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from nnlab.experiments.exports.onnx.writing import write_onnx
from nnlab.experiments.exports.trained import of_run
from nnlab.optional import is_installed, missing_sentence
from nnlab.report import Report
from nnlab.training import TrainingRun
from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session
from nnlab.ui.widgets.job_dialog import show_progress

_TITLE = "Export model as ONNX"


def export_onnx(session: Session, files: Files) -> None:
    """Ask where to, and write it; before that, say what is missing."""
    if not is_installed("onnx"):
        session.message.emit(f"{missing_sentence('onnx')} onnxruntime")
        return
    path = files.ask_where(_TITLE, session.experiment.name, (".onnx",), "ONNX")
    if path is not None:
        write_beside(session, files.window, path)


def write_beside(session: Session, window: QWidget, path: Path) -> Job:
    """Write it as a job; where it is and what the check has found, or why it is not, becomes a message."""
    experiment, folders = session.running or session.experiment, session.runs.present.folders

    def work(run: TrainingRun, report: Report) -> str:
        return told(path, write_onnx(of_run(run, experiment, folders), path, folders, report))

    job = session.start_job(_TITLE, work)
    show_progress(job, window)
    job.done.connect(lambda answer: session.message.emit(answer.value))
    job.failed.connect(session.message)
    return job


def told(path: Path, found: Mapping[str, Any]) -> str:
    """Where it is, and how it compares with nnlab."""
    halves = [Path(found[part]).name for part in ("encoder", "decoder") if part in found]
    beside = f", with {' and '.join(halves)} beside it" if halves else ""
    if "not_checked" in found:
        return f"The model was saved in {path}{beside}. It was not checked: {found['not_checked']}."
    return (
        f"The model was saved in {path}{beside}. ONNX Runtime answers as nnlab does on {found['checked_on']}, "
        f"the largest difference is {found['largest_difference']:.1e}"
        + (f"; {found['caution']}." if "caution" in found else ".")
    )
