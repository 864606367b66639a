"""Writing a run's folder for TensorBoard: curves, histograms of its parameters, pictures, and its settings."""

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.atomic_file import write_atomically
from nnlab.errors import CancelledError, ExperimentError, NnlabError, SaveError
from nnlab.experiments.experiment import format_experiment
from nnlab.experiments.exports.target import Source
from nnlab.experiments.exports.tensorboard.events import Events
from nnlab.experiments.exports.tensorboard.kept_run import KeptRun, run_of_file, run_of_store
from nnlab.experiments.journal.records import flat_settings
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.places import runs_folder
from nnlab.experiments.run_report.pictures import png
from nnlab.experiments.run_report.run_pictures import RUN_PICTURES
from nnlab.models.arrays import Array
from nnlab.report import Report, silent
from nnlab.training import TrainingRun
from nnlab.training.history import Series

# Always the same: TensorBoard would lay those of several files in a folder over each other.
_FILE = "events.out.tfevents.0.nnlab"
# TensorBoard shows no more of one kind, unless it is told to.
_MOST_PICTURES = 10
# So often the writing of steps says how far it is.
_STEPS_BETWEEN_REPORTS = 1024


def write_tensorboard(source: Source, folder: Path, report: Report = silent) -> Mapping[str, Any]:
    """A folder in that folder, of the run's name, with one file of events; it takes the place of an earlier one's.

    Returns how many events there are of each kind. What cannot be had of the run, as pictures where its data is gone, is
    told as a `problem` and costs nothing else.
    """
    if source.run is not None:
        store, _ = open_store(runs_folder())
        with closing(store):
            return _written(run_of_store(store, source.run, source.folders, report), folder, report)
    if source.model is None:
        raise ExperimentError("TensorBoard shows what was learned; give the number of a run, or a model (.safetensors)")
    return _written(run_of_file(source.model, source.folders), folder, report)


@dataclass
class _Export:
    """A run that is being written: its events so far, and what went wrong on the way."""

    kept: KeptRun
    report: Report
    events: Events = field(init=False)
    counts: Counter[str] = field(default_factory=Counter)
    problems: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.events = Events(self.kept.began)
        if self.kept.problem:
            self.problems[self.kept.problem] = None

    def times(self, steps: Array) -> Array:
        """When these steps were made, in seconds since 1970; pauses are not known."""
        return self.kept.began + np.nan_to_num(self.kept.history.seconds_after(steps))


def _written(kept: KeptRun, folder: Path, report: Report) -> Mapping[str, Any]:
    export = _Export(kept, report)
    tags = [*_add_steps(export), *_add_epochs(export)]
    _add_settings(export, tags)
    _add_histograms(export)
    _add_pictures(export)
    path = _made(folder / kept.name) / _FILE
    write_atomically(path, export.events.content)
    told = {"events": str(path), **export.counts}
    return told | ({"problem": " ".join(export.problems)} if export.problems else {})


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(f"{folder}: cannot be made ({error.strerror or error}); choose another folder") from None
    return folder


def _add_steps(export: _Export) -> list[str]:
    """What is known of single steps; returns the tags."""
    steps = export.kept.history.steps
    names = {"loss": "loss/step", export.kept.history.score.name: "", "learning_rate": "learning_rate"}
    tags = {name: tag or f"{name}/step" for name, tag in names.items()}
    return _add_columns(export, {name: column.all_values for name, column in steps.items()}, tags)


def _add_epochs(export: _Export) -> list[str]:
    history = export.kept.history
    return [tag for table in (history.epochs, history.energies) for tag in _add_table(export, table)]


def _add_table(export: _Export, epochs: Mapping[str, Series]) -> list[str]:
    parts = [name.partition("_") for name in epochs if name not in ("step", "epoch")]
    tags = {f"{part}_{figure}": f"{figure}/{part}" for part, _, figure in parts}
    return _add_columns(export, {name: column.all_values for name, column in epochs.items()}, tags)


def _add_columns(export: _Export, columns: Mapping[str, Array], tags: Mapping[str, str]) -> list[str]:
    """Rows of a table of the history, all tags of a row in one event. A column without any number is left out."""
    known = {name: tag for name, tag in tags.items() if np.isfinite(columns[name]).any()}
    if not known:
        return []
    numbers = columns["step"]
    rows = np.column_stack([columns[name] for name in known])
    for place, (number, row, time) in enumerate(zip(numbers, rows, export.times(numbers), strict=True)):
        if place % _STEPS_BETWEEN_REPORTS == 0:
            export.report("writing the curves", place / len(rows))
        export.events.add_scalars(dict(zip(known.values(), row.tolist(), strict=True)), int(number), float(time))
    export.counts["scalars"] += rows.size
    return list(known.values())


def _add_settings(export: _Export, tags: list[str]) -> None:
    """As a text, and for the table of runs."""
    kept, began = export.kept, export.kept.began
    lines = format_experiment(kept.experiment).encode(errors="replace").decode().splitlines()
    # Markdown of indented lines is shown as it stands.
    export.events.add_text("experiment", "\n".join(f"    {line}" for line in lines), began)
    if kept.notes:
        export.events.add_text("notes", kept.notes.encode(errors="replace").decode(), began)
    settings = {name: _as_text(value) for name, value in flat_settings(kept.experiment).items()}
    figures = [tag for tag in tags if tag.endswith(("/train", "/validation"))]
    export.events.add_settings(settings, figures or tags, began)


def _as_text(value: Any) -> Any:
    """Numbers, yes and no, and nothing stay what they are."""
    return value if value is None or isinstance(value, bool | int | float) else str(value).encode(errors="replace").decode()


def _add_histograms(export: _Export) -> None:
    """Of every tensor, after every step whose state is kept."""
    kept = export.kept
    for place, step in enumerate(kept.steps):
        export.report("reading the parameters", place / len(kept.steps))
        try:
            parameters = kept.parameters(step)
        except NnlabError as error:
            export.problems[str(error)] = None
            continue
        [time] = export.times(np.array([step]))
        for name in parameters.shapes:
            # A group of each layer's.
            tag = name.replace(".", "/", 1)
            export.counts["histograms"] += export.events.add_histogram(tag, parameters.view(name), step, float(time))


def _add_pictures(export: _Export) -> None:
    """What a report has of the end, from the beginning to the end."""
    steps = export.kept.steps
    places = np.unique(np.linspace(0, len(steps) - 1, min(_MOST_PICTURES, len(steps))).round().astype(int))
    for turn, place in enumerate(places):
        export.report("drawing", turn / len(places))
        try:
            run = export.kept.run(steps[place])
        except CancelledError:
            raise
        except NnlabError as error:
            # Of other steps it is the same: the data is not there.
            export.problems[str(error)] = None
            return
        _add_pictures_of(export, run, steps[place])


def _add_pictures_of(export: _Export, run: TrainingRun, step: int) -> None:
    [time] = export.times(np.array([step]))
    for title, drawn in RUN_PICTURES.items():
        try:
            # Of a model that diverges some outputs may be infinite.
            with np.errstate(all="ignore"):
                found = drawn(run)
        except NnlabError:
            continue
        if found is not None:
            export.events.add_picture(title.lower(), png(found.pixels), found.words, step, float(time))
            export.counts["pictures"] += 1
