"""Examples, and the three parts of a dataset."""

from typing import NamedTuple

import numpy as np


class Examples(NamedTuple):
    """inputs (N, ...) and targets: labels (N,), or values (N, K)."""

    inputs: np.ndarray
    targets: np.ndarray


class Data(NamedTuple):
    """What is learned from, what the loss is watched on, and the test; all scaled."""

    learning: Examples
    validation: Examples
    test: Examples
