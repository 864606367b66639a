"""The experiment as a script that trains without nnlab, from the window: a row for each target."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from nnlab.errors import NnlabError
from nnlab.experiments.exports import EXPORTS, Source, written
from nnlab.experiments.exports.target import Export
from nnlab.ui.action_row import Desk, Row
from nnlab.ui.jobs import Job
from nnlab.ui.widgets.job_dialog import show_progress

SUBMENU = "Export as script"


def script_rows(menu: str, section: int) -> tuple[Row, ...]:
    """One for each target that takes a bare experiment."""
    return tuple(
        Row(
            f"export_{target}",
            menu,
            section,
            f"{export.title}…",
            _exporting(target),
            help=export.what,
            submenu=SUBMENU,
        )
        for target, export in EXPORTS.items()
        if not export.needs_model
    )


def _exporting(target: str) -> Callable[[Desk], Job | None]:
    return lambda desk: export_script(desk, target)


def export_script(desk: Desk, target: str) -> Job | None:
    """Ask where to, and write the script of the experiment as it is set now; before that, say what the target has not."""
    session, export = desk.session, EXPORTS[target]
    experiment = session.experiment
    try:
        export.check(experiment)
    except NnlabError as error:
        session.message.emit(str(error))
        return None
    stem, _, ending = export.suffix.rpartition(".")
    path = desk.files.ask_where(SUBMENU, f"{experiment.name}{stem}", (f".{ending}",), export.title)
    if path is None:
        return None
    job, source = Job(export.title), Source(experiment, session.folders)
    show_progress(job, desk.files.window)
    job.done.connect(lambda found: desk.files.tell_written(told(export, found), Path(found["output"])))
    job.failed.connect(session.message)
    session.jobs.start(job, partial(written, source, target, path))
    return job


def told(export: Export, found: Mapping[str, Any]) -> str:
    """Where it is, how long, and what lies beside it."""
    beside = f", and its examples in {Path(found['beside']).name} beside it" if "beside" in found else ""
    return f"The {export.title} was saved in {found['output']}{beside}: {found['lines']:,} lines of code."
