"""From labels as they stand in files to classes 0, 1, 2 ... with names."""

import numpy as np
import numpy.typing as npt

from nnlab.datasets.files.reading import Part
from nnlab.datasets.words import listed, shown
from nnlab.errors import DatasetError

Labels = npt.NDArray[np.intp]

MOST_CLASSES = 10_000


def class_names(part: Part) -> tuple[str, ...]:
    """The classes of the training examples; none where there are no labels.

    Texts are classes by themselves, whole numbers where they are 0, 1, 2 ... or 1, 2, 3 ... without a gap.
    """
    if part.labels is None:
        return ()
    if part.names:
        return part.names
    present = np.unique(part.labels)
    first, last = int(present[0]), int(present[-1])
    if first < 0:
        raise DatasetError(f"{part.where}: holds the label {first}; labels are whole numbers from 0")
    if len(present) > MOST_CLASSES:
        raise too_many_classes(part.where)
    lowest = min(first, 1)
    if last - lowest + 1 != len(present):
        counted = np.arange(lowest, lowest + len(present) + 1)
        missing = int(np.setdiff1d(counted, present)[0])
        raise DatasetError(
            f"{part.where}: labels go from {first} to {last}, but no example has the label {missing}; "
            "number the classes 0, 1, 2 … without a gap, or name them with words"
        )
    return tuple(str(label) for label in present)


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


def _sorting(name: str) -> tuple[bool, int, str]:
    is_number = name.isascii() and name.isdigit() and len(name) < 20
    return not is_number, int(name) if is_number else 0, name


def too_many_classes(where: str) -> DatasetError:
    """The error for a column that is no label."""
    return DatasetError(
        f"{where}: has more than {MOST_CLASSES:,} different labels, so they hardly are classes; choose another dataset.label"
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
    place = {name: number for number, name in enumerate(names)}
    strange = [name for name in here if name not in place]
    if strange:
        raise DatasetError(
            f"{part.where}: holds the label '{shown(strange[0])}', expected one of {listed(names)} as in training"
        )
    return np.array([place[name] for name in here], np.intp)[positions]
