"""What a saved model calls the examples of a file."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.atomic_file import write_atomically
from nnlab.datasets import Dataset
from nnlab.errors import DatasetError, ModelFileError
from nnlab.experiments.assembly import load_data
from nnlab.experiments.machine import set_threads
from nnlab.experiments.model_file import SavedModel, load_model
from nnlab.models.layers.base import shape_text
from nnlab.report import Report, silent
from nnlab.training.data import Feed


def predict_file(
    model: Path, inputs: Path, output: Path, folders: Sequence[Path], threads: int = 0, report: Report = silent
) -> dict[str, Any]:
    """Predict the class of every example in a file, and write them as Kaggle takes them: ImageId,Label, counted from 1.

    The inputs are prepared as those were that the model learned from. Labels that the file may hold are not looked at.
    """
    threads = set_threads(threads)
    saved = load_model(model)
    dataset = _matching(saved, inputs, folders, report)
    feed, index = Feed(dataset.train, saved.scaling), np.arange(len(dataset.train))
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(("ImageId", "Label"))
    counts = np.zeros(len(saved.class_names), int)
    number = 1
    for batch, labels in feed.chunks(index):
        report("predicting", (number - 1) / len(index))
        labels.fill(0)
        _, predicted = saved.model.evaluate(batch, labels)
        if predicted is None:
            raise ModelFileError(
                f"{model.name}: a model of kind {saved.experiment.model.kind} predicts no classes; give one that classifies"
            )
        writer.writerows((number + place, saved.class_names[label]) for place, label in enumerate(predicted))
        counts += np.bincount(predicted, minlength=len(counts))
        number += len(batch)
    write_atomically(output, lines.getvalue().encode())
    return {
        "model": str(model),
        "inputs": str(inputs),
        "output": str(output),
        "examples": len(index),
        "predicted": {name: int(count) for name, count in zip(saved.class_names, counts, strict=True)},
        "threads": threads,
    }


def _matching(saved: SavedModel, inputs: Path, folders: Sequence[Path], report: Report) -> Dataset:
    """All examples of the file in their order: without labels if that fits the model, else as its own data was read."""
    settings = replace(
        saved.experiment.dataset,
        name="file",
        path=str(inputs),
        test_path="",
        test=0.0,
        classes="",
        examples=0,
        layout="flat" if len(saved.example_shape) == 1 else saved.experiment.dataset.layout,
        image_size=saved.example_shape[0] if len(saved.example_shape) == 3 else saved.experiment.dataset.image_size,
        label="none",
    )
    problem: DatasetError | None = None
    for label in ("none", saved.experiment.dataset.label):
        try:
            dataset = load_data(replace(settings, label=label), folders, report)
        except DatasetError as error:
            problem = problem if problem and label == "none" else error
            continue
        if dataset.example_shape == saved.example_shape:
            return dataset
        problem = DatasetError(
            f"{inputs.name}: its examples are {shape_text(dataset.example_shape)}, "
            f"but the model was made for {shape_text(saved.example_shape)}; give data like that it learned from"
        )
    assert problem is not None
    raise problem
