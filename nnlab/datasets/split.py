"""Which training examples learn and which validate, and which stand for all where all would be too many."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from nnlab.randomness import random_stream

Index = npt.NDArray[np.intp]
Number = TypeVar("Number", bound=np.generic)

_GOLDEN_RATIO = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Split:
    """Positions in the training examples, each in ascending order; together they are all of them, without overlap."""

    train: Index
    validation: Index


def stratified_split(labels: Index, share: float, seed: int) -> Split:
    """Hold back a share of every class, drawn by the seed.

    Each class gives round(share * its size), but at least one example stays for learning.
    """
    order = random_stream(seed, "split").permutation(len(labels))
    held = np.zeros(len(labels), bool)
    # Sorted once, instead of looked through once for each of a thousand classes.
    drawn = labels[order]
    counts = np.unique(drawn, return_counts=True)[1]
    for members in np.split(order[np.argsort(drawn, kind="stable")], np.cumsum(counts)[:-1]):
        held[members[: min(round(share * len(members)), len(members) - 1)]] = True
    return Split(np.flatnonzero(~held), np.flatnonzero(held))


def spread(rows: npt.NDArray[Number], most: int) -> npt.NDArray[Number]:
    """Rows (N, ...), or `most` of them (most, ...), in order and evenly spread: one from each of `most` equal stretches.

    Data is often sorted by class: the first examples would be of one class alone. Or it goes through the classes in turn:
    every so-many-th example would be of one class again. Within the stretches the place therefore shifts, by the golden
    ratio, which falls into step with no period.
    """
    count = min(len(rows), most)
    edges = np.arange(count + 1) * len(rows) // max(count, 1)
    shifts = np.arange(count) * _GOLDEN_RATIO % 1
    return rows[edges[:-1] + (shifts * np.diff(edges)).astype(np.intp)]
