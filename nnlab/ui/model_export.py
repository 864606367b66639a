"""What was learned, for other programs, from the window: of the run as it is seen, now or at an earlier step, as ONNX or as
weights alone; written beside what else goes on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.experiments.exports import EXPORTS
from nnlab.optional import is_installed, missing_sentence
from nnlab.report import Report
from nnlab.training import TrainingRun
from nnlab.ui.action_row import Desk, Row
from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session
from nnlab.ui.widgets.job_dialog import show_progress
from nnlab.words import counted

if TYPE_CHECKING:
    from nnlab.experiments.exports.trained import Trained

Write = Callable[["Trained", Path, tuple[Path, ...], Report], str]


@dataclass(frozen=True)
class ModelExport:
    """A row of the menu: its target in EXPORTS, its words, how it is written to a sentence, and which package it needs."""

    target: str
    words: str
    write: Write
    needs: str = ""


# What writes is loaded when it is wanted: these are rows of a menu, which every start makes.
def _as_onnx(trained: "Trained", path: Path, folders: tuple[Path, ...], report: Report) -> str:
    from nnlab.experiments.exports.onnx.writing import write_onnx

    return told(path, write_onnx(trained, path, folders, report))


def _as_state_dict(trained: "Trained", path: Path, folders: tuple[Path, ...], report: Report) -> str:
    from nnlab.experiments.exports.weights import save_state_dict

    return _saved(save_state_dict(trained, path), path)


def _as_arrays(trained: "Trained", path: Path, folders: tuple[Path, ...], report: Report) -> str:
    from nnlab.experiments.exports.weights import save_npz

    return _saved(save_npz(trained, path), path)


def _saved(names: list[str], path: Path) -> str:
    return f"{counted(len(names), 'tensor')} were saved in {path}."


MODEL_EXPORTS = (
    ModelExport("onnx", "Export model as ONNX…", _as_onnx, "onnx"),
    ModelExport("torch-weights", "Export weights for PyTorch…", _as_state_dict),
    ModelExport("npz", "Export weights as arrays…", _as_arrays),
)


def model_rows(menu: str, section: int) -> tuple[Row, ...]:
    """One for each."""
    return tuple(
        Row(
            f"export_{export.target}",
            menu,
            section,
            export.words,
            _exporting(export),
            help=EXPORTS[export.target].what,
            can=lambda situation: situation.running is not None,
        )
        for export in MODEL_EXPORTS
    )


def _exporting(export: ModelExport) -> Callable[[Desk], Job | None]:
    return lambda desk: export_model(desk.session, desk.files, export)


def export_model(session: Session, files: Files, export: ModelExport) -> Job | None:
    """Ask where to, and write it; before that, say what is missing."""
    if export.needs and not is_installed(export.needs):
        session.message.emit(f"{missing_sentence(export.needs)} onnxruntime")
        return None
    row = EXPORTS[export.target]
    stem, _, ending = row.suffix.rpartition(".")
    path = files.ask_where(export.words.rstrip("…"), f"{session.experiment.name}{stem}", (f".{ending}",), row.title)
    return write_beside(session, files, export, path) if path is not None else None


def write_beside(session: Session, files: Files, export: ModelExport, path: Path) -> Job:
    """Write it as a job; where it is and what was found, or why it is not, becomes a message."""
    experiment, folders = session.running or session.experiment, session.runs.present.folders

    def work(run: TrainingRun, report: Report) -> str:
        from nnlab.experiments.exports.trained import of_run

        return export.write(of_run(run, experiment, folders), path, folders, report)

    job = session.start_job(export.words.rstrip("…"), work)
    show_progress(job, files.window)
    job.done.connect(lambda answer: files.tell_written(answer.value, path))
    job.failed.connect(session.message)
    return job


def told(path: Path, found: Mapping[str, Any]) -> str:
    """Where an ONNX file is, and how it compares with nnlab."""
    halves = [Path(found[part]).name for part in ("encoder", "decoder") if part in found]
    beside = f", with {' and '.join(halves)} beside it" if halves else ""
    if "not_checked" in found:
        return f"The model was saved in {path}{beside}. It was not checked: {found['not_checked']}."
    return (
        f"The model was saved in {path}{beside}. ONNX Runtime answers as nnlab does on {found['checked_on']}, "
        f"the largest difference is {found['largest_difference']:.1e}"
        + (f"; {found['caution']}." if "caution" in found else ".")
    )
