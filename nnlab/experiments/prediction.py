"""What a saved model calls the examples of a file."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.atomic_file import write_atomically
from nnlab.datasets import Examples
from nnlab.datasets.files import at_path
from nnlab.datasets.value_scaling import ValueScaling
from nnlab.errors import DatasetError, ModelFileError, SaveError
from nnlab.experiments.assembly import load_data
from nnlab.experiments.computer import set_threads
from nnlab.experiments.model_file import SavedModel, load_model
from nnlab.models.arrays import Array
from nnlab.models.capabilities import predicting
from nnlab.models.layers.base import shape_text
from nnlab.report import Report, silent
from nnlab.spreadsheet import inert
from nnlab.targets import Values
from nnlab.training.data import Feed
from nnlab.training.evaluation import portion_size

_DIGITS, _DIGITS_OF_DOUBLES = 8, 17


def predict_file(
    model: Path, inputs: Path, output: Path, folders: Sequence[Path], threads: int = 0, report: Report = silent
) -> dict[str, Any]:
    """Predict the class of every example in a file, and write them as Kaggle takes them: ImageId,Label, counted from 1.

    Of a folder of pictures it is File,Label, with each picture's path in the folder. Of a model that tells values it is Id
    (or File) and a column for each of them, in the units of the data that it learned from.
    The inputs are read and prepared as those were that the model learned from. Labels that the file may hold are not looked
    at; of a file that brings test examples of its own, those are predicted. A name that a spreadsheet would take for a
    formula is written with an apostrophe before it; numbers such as -1 stay as they are.
    """
    threads = set_threads(threads)
    saved = load_model(model)
    for place in (model, inputs):
        if _are_one(output, place):
            raise SaveError(f"{output}: would overwrite {place.name}; choose another --output")
    if predicting(saved.model) is None:
        kind = saved.experiment.model.kind
        raise ModelFileError(f"{model.name}: a model of kind {kind} predicts no classes; give one that classifies")
    examples = _matching(saved, inputs, folders, report)
    table = _table(saved)
    write_atomically(output, _lines(saved, examples, table, report).encode(errors="replace"))
    return {
        "model": str(model),
        "inputs": str(inputs),
        "output": str(output),
        "examples": len(examples),
        **table.summary(),
        "threads": threads,
    }


def _lines(saved: SavedModel, examples: Examples, table: "_Values | _Classes", report: Report) -> str:
    """The file's lines: the titles, then each example by its number or its path, and what is predicted of it."""
    feed, index = Feed(examples, saved.scaling), np.arange(len(examples))
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(("File" if examples.file_names else table.number_title, *table.titles))
    number = 1
    for batch, labels in feed.chunks(index, portion_size(saved.model.held_numbers)):
        report("predicting", (number - 1) / len(index))
        labels.fill(0)
        _, predicted = saved.model.evaluate(batch, labels)
        assert predicted is not None
        rows = table.rows(feed.in_own_units(predicted))
        writer.writerows((_called(examples, number + place), *cells) for place, cells in enumerate(rows))
        number += len(batch)
    return lines.getvalue()


def _table(saved: SavedModel) -> "_Values | _Classes":
    """What takes down the predictions of this model."""
    if isinstance(saved.targets, Values):
        assert saved.scaling.values is not None
        return _Values(saved.targets, saved.scaling.values)
    return _Classes(saved.class_names)


class _Classes:
    """Predicted classes as cells, and how often each came out."""

    number_title, titles = "ImageId", ("Label",)

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names, self._inert = names, [inert(name) for name in names]
        self._counts = np.zeros(len(names), int)

    def rows(self, predicted: Array) -> Iterator[tuple[str, ...]]:
        """The name of each predicted class, which is counted."""
        self._counts += np.bincount(predicted, minlength=len(self._counts))
        return ((self._inert[label],) for label in predicted)

    def summary(self) -> dict[str, Any]:
        """How often each class was predicted."""
        return {"predicted": {name: int(count) for name, count in zip(self._names, self._counts, strict=True)}}


class _Values:
    """Predicted values as cells, with as many digits as the engine has, and their means.

    These are digits of what was learned, the distance from the mean: seconds since 1970 need all those of the mean besides.
    """

    number_title = "Id"

    def __init__(self, values: Values, scaling: ValueScaling) -> None:
        self._names, self.titles = values.names, tuple(inert(name) for name in values.names)
        self._sums, self._count = np.zeros(values.count), 0
        more = np.floor(np.log10(np.maximum(np.abs(scaling.mean) / scaling.deviation, 1)))
        self._digits = np.minimum(_DIGITS + more, _DIGITS_OF_DOUBLES).astype(int).tolist()

    def rows(self, predicted: Array) -> Iterator[tuple[str, ...]]:
        """The values of each example, which go into the means."""
        self._sums += predicted.sum(axis=0)
        self._count += len(predicted)
        return (tuple(f"{value:.{digits}g}" for value, digits in zip(row, self._digits, strict=True)) for row in predicted)

    def summary(self) -> dict[str, Any]:
        """The mean of each value."""
        means = self._sums / max(self._count, 1)
        return {"predicted_mean": {name: float(mean) for name, mean in zip(self._names, means, strict=True)}}


def _called(examples: Examples, number: int) -> str | int:
    """The example's file, or its number, counted from 1."""
    return inert(examples.file_names[number - 1]) if examples.file_names else number


def _are_one(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _matching(saved: SavedModel, inputs: Path, folders: Sequence[Path], report: Report) -> Examples:
    """The examples of a file, read as those were that the model learned from; of a file with a test part, those."""
    own = saved.experiment.dataset
    source = at_path(own.source, str(inputs))
    if len(saved.schema.example_shape) == 3 and not own.encoder:
        height, width, channels = saved.schema.example_shape
        size = height if height == width else source.image_size
        source = replace(source, image_size=size, color="grey" if channels == 1 else "rgb")
    settings = replace(own, source=source, classes="", examples=0)
    dataset = load_data(settings, folders, report, replace(saved.schema, targets=None, is_alone=True))
    if dataset.example_shape != saved.example_shape:
        raise DatasetError(
            f"{inputs.name}: its examples are {shape_text(dataset.example_shape)}, "
            f"but the model was made for {shape_text(saved.example_shape)}; give data like that it learned from"
        )
    return dataset.test if len(dataset.test) else dataset.train
