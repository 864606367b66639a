"""From a path to a dataset: its readers' examples with their targets, and those that are set apart to test."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.cache import Cache
from nnlab.datasets.dataset import Dataset, Examples
from nnlab.datasets.files.classes import Labels, class_names, differing_in_case, numbered
from nnlab.datasets.files.csv_layout import CSVLayout
from nnlab.datasets.files.find_path import find_path
from nnlab.datasets.files.formats import read_path
from nnlab.datasets.files.reading import Part, Reading
from nnlab.datasets.files.schema import Schema
from nnlab.datasets.files.settings import FileSettings
from nnlab.datasets.mapped_files import out_of_reach
from nnlab.datasets.rows import chosen_rows
from nnlab.datasets.source import LoadRequest
from nnlab.datasets.split import stratified_split
from nnlab.datasets.words import listed, shown
from nnlab.errors import DatasetError
from nnlab.targets import Classes, Targets, Values
from nnlab.targets import class_names as names_of_classes


def load_files(settings: FileSettings, request: LoadRequest, schema: Schema | None = None) -> Dataset:
    """The data at settings.path, looked for as it stands and in the folders.

    Test examples are those at settings.test_path, or those that came with the others, or a share of each class. With a
    schema, the data is read as that of the model was: the same columns, kind of numbers and classes.
    """
    like, ignores_labels = (schema.as_part(), schema.targets is None) if schema else (None, False)
    try:
        return _load(
            settings,
            request.folders,
            Reading(
                settings,
                Cache(request.cache),
                request.report,
                request.seed,
                request.is_flat,
                like,
                schema is not None and schema.is_alone,
                ignores_labels,
            ),
        )
    except MemoryError:
        raise DatasetError(f"{shown(settings.path)}: there is not enough memory for it; close other programs") from None
    except OSError as error:
        # Files that come and go while they are read.
        raise DatasetError(f"{shown(settings.path)}: cannot be read ({error.strerror or 'no reason given'})") from None


def _load(settings: FileSettings, folders: Sequence[Path], reading: Reading) -> Dataset:
    path = find_path("dataset.source.path", settings.path, folders)
    found = read_path(path, reading)
    train, test = found.train, found.test
    # Competitions lay the pictures to be told beside those to learn from.
    is_unlabelled = test is not None and not test.is_labelled and train.is_labelled and not settings.test_path
    if is_unlabelled:
        test = None
    if settings.test_path:
        place = find_path("dataset.source.test_path", settings.test_path, folders)
        other = read_path(place, replace(reading, like=train))
        test = other.test or other.train
    like = reading.like
    if like is not None and not like.names and like.values is None:
        train = replace(train, labels=None, names=(), values=None)
        test = replace(test, labels=None, names=(), values=None) if test else None
    targets = _targets(like if like is not None else train, is_known=like is not None)
    labels = _targets_of(train, targets)
    if test is None:
        learn, held = _cut(train, labels, reading)
    else:
        _compare(train, test)
        learn = Examples(train.inputs, labels, train.file_names)
        held = Examples(test.inputs, _targets_of(test, targets), test.file_names)
    learn, held = (replace(part, inputs=out_of_reach(part.inputs, reading.cache, reading.report)) for part in (learn, held))
    layout = train.layout if isinstance(train.layout, CSVLayout) else None
    title = shown(path.resolve().name) or "data"
    source = shown(path, 300) + (
        f" (its {found.test.where} holds no labels and is left out)" if is_unlabelled and found.test else ""
    )
    kept = _of_table(layout, names_of_classes(targets))
    return Dataset("file", title, learn, held, targets, source=source, whites=train.whites, **kept)


def _targets(part: Part, is_known: bool) -> Targets:
    """What is told of a part's examples; of the model's data it is known."""
    if part.values is not None:
        return part.values.described
    return Classes.of(part.names if is_known else class_names(part))


def _targets_of(part: Part, targets: Targets) -> Labels | npt.NDArray[np.float64]:
    """The classes (N,) of a part's examples, or their values (N, K)."""
    if not isinstance(targets, Values):
        return numbered(part, names_of_classes(targets))
    numbers = part.values.numbers if part.values is not None else None
    if numbers is None or numbers.shape[1] != targets.count:
        held = "no values" if numbers is None else f"{numbers.shape[1]} values"
        raise DatasetError(
            f"{part.where}: holds {held} for each example, expected {targets.words} ({listed(targets.names)}); "
            "choose another file, or other columns with dataset.source.label"
        )
    return numbers


def _of_table(layout: CSVLayout | None, names: tuple[str, ...]) -> dict[str, Any]:
    """What a dataset keeps of the table it was read from."""
    if layout is None:
        return {}
    return {
        "columns": asdict(layout),
        "feature_names": layout.feature_names,
        "table": replace(layout.described(), alike=differing_in_case(names)),
    }


def _cut(part: Part, labels: Labels | npt.NDArray[np.float64], reading: Reading) -> tuple[Examples, Examples]:
    """A share of every class set apart as the test, or of all examples with values, drawn by the seed."""
    every = Examples(part.inputs, labels, part.file_names)
    split = stratified_split(every.labels, reading.settings.test, reading.seed)
    if not len(split.validation):
        return every, Examples(part.inputs[:0], labels[:0])
    learn, held = (
        Examples(chosen_rows(part.inputs, index, reading.cache, reading.report), labels[index])
        for index in (split.train, split.validation)
    )
    return learn, held


def _compare(train: Part, test: Part) -> None:
    here, there = (
        f"{' x '.join(map(str, part.inputs.shape[1:]))} {'bytes' if part.inputs.dtype == np.uint8 else 'numbers'}"
        for part in (train, test)
    )
    if here != there:
        raise DatasetError(f"{test.where}: has examples of {there}, but {train.where} of {here}; both must be alike")
