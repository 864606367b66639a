"""Which examples learn and which validate."""

import numpy as np

from ..randomness import random_stream
from ..settings import DATA_SEED


def split(labels: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Positions that stay and positions held back: a share of every class, drawn."""
    order = random_stream(DATA_SEED, "split").permutation(len(labels))
    held = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = order[labels[order] == label]
        held[members[: min(round(share * len(members)), len(members) - 1)]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)
