"""Which training examples learn and which validate."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnlab.randomness import random_stream

Index = npt.NDArray[np.intp]


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
