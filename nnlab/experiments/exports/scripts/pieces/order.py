"""In which order an epoch goes through the examples."""

from collections.abc import Iterator

import numpy as np

from .data.examples import Examples
from .randomness import random_stream
from .settings import BATCH_SIZE, SEED, SHUFFLE


def order_of_epoch(count: int, epoch: int) -> np.ndarray:
    """Which of so many examples comes when; epochs are counted from 0."""
    if SHUFFLE:
        return random_stream(SEED, "shuffle", epoch).permutation(count)
    else:
        return np.arange(count)


def batches(examples: Examples, epoch: int) -> Iterator[Examples]:
    """The examples of an epoch, BATCH_SIZE at a time."""
    order = order_of_epoch(len(examples.inputs), epoch)
    for start in range(0, len(order), BATCH_SIZE):
        index = order[start : start + BATCH_SIZE]
        yield Examples(examples.inputs[index], examples.targets[index])
