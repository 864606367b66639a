"""What a saved model calls the examples of a file."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.atomic_file import write_atomically
from nnlab.datasets import Examples
from nnlab.errors import DatasetError, ModelFileError, SaveError
from nnlab.experiments.assembly import load_data
from nnlab.experiments.machine import set_threads
from nnlab.experiments.model_file import SavedModel, load_model
from nnlab.models.layers.base import shape_text
from nnlab.report import Report, silent
from nnlab.spreadsheet import inert
from nnlab.training.data import Feed
from nnlab.training.evaluation import portion_size


def predict_file(
    model: Path, inputs: Path, output: Path, folders: Sequence[Path], threads: int = 0, report: Report = silent
) -> dict[str, Any]:
    """Predict the class of every example in a file, and write them as Kaggle takes them: ImageId,Label, counted from 1.

    Of a folder of pictures it is File,Label, with each picture's path in the folder.
    The inputs are read and prepared as those were that the model learned from. Labels that the file may hold are not looked
    at; of a file that brings test examples of its own, those are predicted. A name that a spreadsheet would take for a
    formula is written with an apostrophe before it; numbers such as -1 stay as they are.
    """
    threads = set_threads(threads)
    saved = load_model(model)
    for place in (model, inputs):
        if _are_one(output, place):
            raise SaveError(f"{output}: would overwrite {place.name}; choose another --output")
    examples = _matching(saved, inputs, folders, report)
    feed, index = Feed(examples, saved.scaling), np.arange(len(examples))
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(("File" if examples.file_names else "ImageId", "Label"))
    names = [inert(name) for name in saved.class_names]
    counts = np.zeros(len(saved.class_names), int)
    number = 1
    for batch, labels in feed.chunks(index, portion_size(saved.model.held_numbers)):
        report("predicting", (number - 1) / len(index))
        labels.fill(0)
        _, predicted = saved.model.evaluate(batch, labels)
        if predicted is None:
            raise ModelFileError(
                f"{model.name}: a model of kind {saved.experiment.model.kind} predicts no classes; give one that classifies"
            )
        writer.writerows((_called(examples, number + place), names[label]) for place, label in enumerate(predicted))
        counts += np.bincount(predicted, minlength=len(counts))
        number += len(batch)
    write_atomically(output, lines.getvalue().encode(errors="replace"))
    return {
        "model": str(model),
        "inputs": str(inputs),
        "output": str(output),
        "examples": len(index),
        "predicted": {name: int(count) for name, count in zip(saved.class_names, counts, strict=True)},
        "threads": threads,
    }


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
    settings = replace(own, name="file", path=str(inputs), test_path="", test=0.0, classes="", examples=0)
    if len(saved.form.example_shape) == 3 and not settings.encoder:
        height, width, channels = saved.form.example_shape
        size = height if height == width else own.image_size
        settings = replace(settings, image_size=size, color="grey" if channels == 1 else "rgb")
    dataset = load_data(settings, folders, report, replace(saved.form, class_names=(), is_alone=True))
    if dataset.example_shape != saved.example_shape:
        raise DatasetError(
            f"{inputs.name}: its examples are {shape_text(dataset.example_shape)}, "
            f"but the model was made for {shape_text(saved.example_shape)}; give data like that it learned from"
        )
    return dataset.test if len(dataset.test) else dataset.train
