"""What a script says of itself at its top: what it trains, how it is run, and which figures to expect."""

import shlex

from nnlab.experiments.exports.scripts.layout import wrapped
from nnlab.experiments.exports.scripts.shared import Parts
from nnlab.experiments.exports.scripts.sources import is_read
from nnlab.models.layers.base import shape_text
from nnlab.words import counted, printable


def header(parts: Parts, suffix: str, needs: str, promise: str, environment: str = "OPENBLAS_NUM_THREADS=1 ") -> str:
    """The docstring. `needs` is what must be there, `promise` what its figures are to nnlab's, `environment` what is set."""
    source = parts.experiment.dataset.source
    title, *paragraphs = introduction(parts)
    if is_read(parts.experiment.dataset) and source.published is not None:
        paragraphs.append(f"FOLDER holds a folder {source.name} with the four IDX files of {parts.data.dataset.title}.")
    file = _plain(shlex.quote(parts.file or parts.name + suffix))
    run = f"    {environment}python {file}{_folder(parts)}"
    return "\n\n".join([*map(wrapped, (f"{title}.", *paragraphs)), f"Run it with {needs}:", run, wrapped(promise)]) + "\n"


def introduction(parts: Parts) -> list[str]:
    """What is trained on what, first as a title; then what is to be known of it. Names in it are a person's or a file's."""
    experiment, dataset, split = parts.experiment, parts.data.dataset, parts.data.split
    title = f"{experiment.name}: {experiment.model.title.lower()} on {dataset.title}"
    shape = dataset.example_shape
    each = shape_text(shape) if dataset.is_image else counted(shape[0], "number")
    counts = f"{len(split.train):,} examples of {each} to learn from"
    held = f"{len(split.validation):,} held back for validation, {len(dataset.test):,} for the test"
    size = f"{parts.model.parameters.size:,} parameters"
    return [_plain(text) for text in (title, f"{counts}, {held}. {size}.", *_notes(parts))]


def _notes(parts: Parts) -> list[str]:
    notes = list(parts.notes)
    if parts.beside is not None:
        notes.append(f"It reads its examples from {parts.name}.npz, which belongs beside it.")
    if any(one.on for one in parts.experiment.training.stop_when):
        notes.append("The experiment's breakpoints are left out: this trains to its end.")
    return notes


def _folder(parts: Parts) -> str:
    settings = parts.experiment.dataset
    reads = is_read(settings) and settings.source.published is not None
    return " FOLDER" if reads else ""


def _plain(text: str) -> str:
    """Without what would end a docstring."""
    return printable(text).replace("\\", "/").replace('"', "'")
