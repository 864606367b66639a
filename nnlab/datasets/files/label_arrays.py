"""Labels that come as an array of their own: whole numbers, words, one column for each class, or values."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.files.classes import MOST_CLASSES, class_key, in_order, too_many_classes
from nnlab.datasets.files.given_values import have_fractions
from nnlab.datasets.files.reading import LARGEST_NUMBER, GivenValues
from nnlab.errors import DatasetError
from nnlab.targets import Values

_MOST_LABEL = 2**31


@dataclass(frozen=True)
class Labels:
    """Whole numbers (N,), which count the names where there are some; None where there are no labels, or values instead."""

    numbers: npt.NDArray[np.int64] | None
    names: tuple[str, ...] = ()
    values: GivenValues | None = None


def as_labels(array: npt.NDArray[Any], where: str, target: str = "auto") -> Labels:
    """Labels (N,) or (N, 1), or (N, classes) with a single one in each row; or values (N,) or (N, K).

    target is the setting: floats that are no whole numbers are values where it says auto.
    """
    is_number = array.dtype.kind in "buif" and 1 <= array.ndim <= 2
    if is_number and (target == "values" or (target == "auto" and array.dtype.kind == "f" and have_fractions(array))):
        return Labels(None, values=_as_values(array, where))
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2 and array.dtype.kind in "buif" and array.shape[1] <= MOST_CLASSES:
        return Labels(_of_one_hot(array, where))
    if array.ndim != 1:
        sizes = " x ".join(f"{axis:,}" for axis in array.shape)
        raise DatasetError(f"{where}: has the shape {sizes or 'of a single number'}, expected one label for each example")
    if array.dtype.kind in "US":
        return _of_words(array, where)
    numbers = np.asarray(array)
    with np.errstate(invalid="ignore"):
        wrong = ~((np.abs(numbers.astype(float)) <= _MOST_LABEL) & (numbers == np.floor(numbers)))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise DatasetError(
            f"{where}: the label at [{place:,}] is {numbers[place]}, expected a whole number, one for each class; "
            "where they are values, set dataset.source.target = 'values'"
        )
    return Labels(numbers.astype(np.int64))


def _as_values(array: npt.NDArray[Any], where: str) -> GivenValues:
    numbers = array.astype(np.float64).reshape(len(array), -1)
    wrong = ~(np.abs(numbers) <= LARGEST_NUMBER).all(axis=1)
    if wrong.any():
        place = int(np.argmax(wrong))
        fault = "is too large; choose a larger unit" if np.isfinite(numbers[place]).all() else "is no finite number; fill it"
        raise DatasetError(f"{where}: a value at [{place:,}] {fault}, or leave it out")
    count = numbers.shape[1]
    return GivenValues(numbers, Values(("value",) if count == 1 else tuple(f"value {place + 1}" for place in range(count))))


def _of_one_hot(array: npt.NDArray[Any], where: str) -> npt.NDArray[np.int64]:
    wrong = ((array != 0) & (array != 1)).any(axis=1) | ((array == 1).sum(axis=1) != 1)
    if wrong.any():
        place = int(np.argmax(wrong))
        raise DatasetError(f"{where}: row {place:,} is no label; expected one number, or zeros and a single one")
    return np.asarray(np.argmax(array, axis=1), np.int64)


def _of_words(array: npt.NDArray[Any], where: str) -> Labels:
    words, numbers = np.unique(array, return_inverse=True)
    if len(words) > MOST_CLASSES:
        raise too_many_classes(where)
    try:
        names = tuple(word.decode() if isinstance(word, bytes) else str(word) for word in words.tolist())
    except ValueError:
        raise DatasetError(f"{where}: a label holds bytes that are no text; save the words as text") from None
    stripped = [name.strip() for name in names]
    if not all(stripped):
        raise DatasetError(f"{where}: a label is empty; expected a word for each example")
    # As in a table, blanks around a word and another spelling of a number make no class.
    spelled: dict[str, str] = {}
    keys = [class_key(name) for name in stripped]
    for key, name in zip(keys, stripped, strict=True):
        spelled.setdefault(key, name)
    place = {key: number for number, key in enumerate(spelled)}
    merged = np.array([place[key] for key in keys], np.int64)[numbers]
    names, ordered = in_order(tuple(spelled.values()), merged)
    return Labels(ordered, names)
