"""Fewer classes, or fewer examples."""

import numpy as np

from ..randomness import random_stream
from ..settings import CLASSES, DATA_SEED, EXAMPLES
from .examples import Examples
from .split import split


def only_classes(part: Examples) -> Examples:
    """The examples of CLASSES, which are counted from 0 anew."""
    keep = np.isin(part.targets, CLASSES)
    return Examples(part.inputs[keep], np.searchsorted(CLASSES, part.targets[keep]))


def some_examples(part: Examples, labels: np.ndarray) -> Examples:
    """EXAMPLES of them, in the order they had, every class in the share it has."""
    _, keep = split(labels, EXAMPLES / len(labels))
    # Rounding class by class may miss the number by a few; chance decides about those.
    rng = random_stream(DATA_SEED, "subsample")
    if len(keep) > EXAMPLES:
        keep = np.sort(rng.permutation(keep)[:EXAMPLES])
    elif len(keep) < EXAMPLES:
        rest = np.setdiff1d(np.arange(len(labels)), keep)
        more = rng.permutation(rest)[: EXAMPLES - len(keep)]
        keep = np.sort(np.concatenate([keep, more]))
    return Examples(part.inputs[keep], part.targets[keep])
