"""From labels as they stand in files to classes 0, 1, 2 ... with names."""

import math
import re
from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.files.reading import Part
from nnlab.datasets.words import listed, shown
from nnlab.errors import DatasetError

Labels = npt.NDArray[np.intp]

MOST_CLASSES = 10_000
# Numbers with gaps, more of them than this and fewer examples of each, are no classes.
_MANY, _FEW_EACH = 50, 3
_NUMERAL = re.compile(r"[+-]?(0|[1-9]\d{0,15})(\.0*)?", re.ASCII)


def class_names(part: Part) -> tuple[str, ...]:
    """The classes of the training examples; none where there are no labels.

    Texts are classes by themselves, and so are whole numbers, whichever there are, unless nearly each row has its own.
    """
    if part.labels is None:
        return ()
    if part.names:
        return part.names
    present = np.unique(part.labels)
    where = part.label_where or part.where
    if len(present) > MOST_CLASSES:
        raise too_many_classes(where)
    if are_hardly_classes(part.labels):
        raise DatasetError(
            f"{where}: holds {len(present):,} different numbers in {len(part.labels):,} rows, so they are values and no "
            "classes; set dataset.source.target = 'values', or choose a column of classes with dataset.source.label, or none"
        )
    return tuple(str(label) for label in present)


def are_hardly_classes(numbers: npt.NDArray[Any]) -> bool:
    """Whether whole numbers (N,) have gaps, and are many of few examples each."""
    present = np.unique(numbers)
    has_gaps = int(present[-1]) - int(present[0]) + 1 != len(present)
    return has_gaps and len(present) > _MANY and len(numbers) < _FEW_EACH * len(present)


def in_order(
    names: tuple[str, ...], labels: npt.NDArray[np.int64] | None
) -> tuple[tuple[str, ...], npt.NDArray[np.int64] | None]:
    """Class names sorted, numbers by their size, and the labels that count them so."""
    if not names or labels is None:
        return names, labels
    order = sorted(range(len(names)), key=lambda place: _sorting(names[place]))
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return tuple(names[place] for place in order), rank[labels]


def class_key(name: str) -> str:
    """What makes a class the same in two spellings: 1, 1.0 and +1 are one; 007 and 7, cat and Cat are not."""
    name = name.strip()
    return str(int(float(name))) if _NUMERAL.fullmatch(name) else name


def differing_in_case(names: tuple[str, ...]) -> tuple[str, ...]:
    """The classes that another one is the same as but for its case."""
    counts = Counter(name.casefold() for name in names)
    return tuple(name for name in names if counts[name.casefold()] > 1)


def _sorting(name: str) -> tuple[bool, float, str]:
    try:
        value = float(name) if name.isascii() and name[-1:].isdigit() else math.nan
    except ValueError:
        value = math.nan
    return not math.isfinite(value), value if math.isfinite(value) else 0.0, name


def too_many_classes(where: str) -> DatasetError:
    """The error for a column that is no label."""
    return DatasetError(
        f"{where}: has more than {MOST_CLASSES:,} different labels, so they hardly are classes; "
        "choose another dataset.source.label"
    )


def numbered(part: Part, names: tuple[str, ...]) -> Labels:
    """The labels as positions in these class names; all 0 where there are no classes."""
    if not names:
        return np.zeros(len(part.inputs), np.intp)
    if part.labels is None:
        raise DatasetError(
            f"{part.where}: holds no labels, so nothing can be tested on it; choose another test path, or none"
        )
    present, positions = np.unique(part.labels, return_inverse=True)
    here = [part.names[label] if part.names else str(label) for label in present]
    place = {class_key(name): number for number, name in enumerate(names)}
    strange = [name for name in here if class_key(name) not in place]
    if strange:
        raise DatasetError(
            f"{part.where}: holds the label '{shown(strange[0])}', expected one of {listed(names)} as in training"
        )
    return np.array([place[class_key(name)] for name in here], np.intp)[positions]
