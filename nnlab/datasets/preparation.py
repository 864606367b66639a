"""What is done to a dataset before anything learns from it: fewer classes or examples, pictures as rows, false labels."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from nnlab.datasets.array_settings import ArraySettings
from nnlab.datasets.cache import Cache
from nnlab.datasets.dataset import Dataset, Examples
from nnlab.datasets.rows import chosen_rows
from nnlab.datasets.split import Index, stratified_split
from nnlab.datasets.words import listed, shown
from nnlab.errors import DatasetError
from nnlab.randomness import random_stream
from nnlab.report import Report, silent
from nnlab.targets import Classes


def prepared(dataset: Dataset, settings: ArraySettings, report: Report = silent, cache: Path | None = None) -> Dataset:
    """The dataset with the chosen classes, so many training examples, and in the chosen layout.

    Arrays that nothing changes are handed on as they are, so that mapped files stay mapped; a large choice of their rows is
    written to the cache.
    """

    def at(examples: Examples, index: Index) -> Examples:
        return Examples(chosen_rows(examples.inputs, index, Cache(cache), report), examples.targets[index])

    if settings.classes.strip():
        dataset = _with_classes(dataset, settings.classes, at)
    if 0 < settings.examples < len(dataset.train):
        keep = _subsample(dataset.train.labels, settings.examples, settings.seed)
        dataset = replace(dataset, train=at(dataset.train, keep))
    if settings.layout == "flat" and len(dataset.example_shape) > 1:
        dataset = replace(dataset, train=_flat(dataset.train), test=_flat(dataset.test))
    return dataset


def with_label_noise(examples: Examples, index: Index, share: float, classes: int, seed: int) -> Examples:
    """The examples, with round(share * len(index)) of the labels at these positions replaced by another class each.

    Which ones, and by what, the seed decides: every other class is as likely.
    """
    count = round(share * len(index))
    if not count or classes < 2:
        return examples
    rng = random_stream(seed, "label noise")
    wrong = rng.permutation(index)[:count]
    labels = examples.labels.copy()
    labels[wrong] = (labels[wrong] + rng.integers(1, classes, count)) % classes
    return Examples(examples.inputs, labels)


def check_label_noise(dataset: Dataset, share: float) -> None:
    """Labels can only be false where there are some."""
    if share and len(dataset.class_names) < 2:
        held = "values and no classes" if dataset.train.has_values else "no classes"
        raise DatasetError(f"dataset.label_noise: {dataset.title} has {held}, so that no label can be false; set it to 0")


def _with_classes(dataset: Dataset, chosen: str, at: Callable[[Examples, Index], Examples]) -> Dataset:
    wanted = list(dict.fromkeys(name.strip() for name in chosen.split(",") if name.strip()))
    held = "values and no classes" if dataset.train.has_values else "no labels"
    for name in wanted:
        if name not in dataset.class_names:
            raise DatasetError(
                f"dataset.classes: {dataset.title} has no class '{shown(name)}'; it has {listed(dataset.class_names)}"
                if dataset.class_names
                else f"dataset.classes: {dataset.title} has {held} to choose by; leave it empty"
            )
    if len(wanted) < 2:
        raise DatasetError(f"dataset.classes: '{chosen}' is one class, expected at least 2 to tell apart")
    # In the order of the data, whatever the order they were typed in.
    places = [place for place, name in enumerate(dataset.class_names) if name in wanted]
    number = np.full(len(dataset.class_names), -1, np.intp)
    number[places] = np.arange(len(places))
    parts = []
    for part in (dataset.train, dataset.test):
        keep = np.flatnonzero(number[part.labels] >= 0)
        kept = at(part, keep)
        parts.append(Examples(kept.inputs, number[kept.labels]))
    if not len(parts[0]):
        raise DatasetError(f"dataset.classes: {dataset.title} has no training example of '{chosen}'")
    names = tuple(dataset.class_names[place] for place in places)
    return replace(dataset, train=parts[0], test=parts[1], targets=Classes(names))


def _subsample(labels: Index, count: int, seed: int) -> Index:
    """So many positions, ascending, every class in the share it has."""
    keep = stratified_split(labels, count / len(labels), seed).validation
    # Rounding class by class may miss the number by a few; chance decides about those.
    rng = random_stream(seed, "subsample")
    if len(keep) > count:
        keep = np.sort(rng.permutation(keep)[:count])
    elif len(keep) < count:
        rest = np.setdiff1d(np.arange(len(labels)), keep, assume_unique=True)
        keep = np.sort(np.concatenate([keep, rng.permutation(rest)[: count - len(keep)]]))
    return keep


def _flat(examples: Examples) -> Examples:
    width = int(np.prod(examples.inputs.shape[1:]))
    return replace(examples, inputs=examples.inputs.reshape(len(examples), width))
