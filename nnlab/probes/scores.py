"""Whether what a classifier puts out may be called a probability."""

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.capabilities import Predicts


def scores_of(model: Predicts, outputs: Array) -> Array:
    """The outputs (n, classes) where they stand for classes without being probabilities, else (0, 0); a copy.

    A support vector machine gives scores. What `Predicts.probabilities` makes of them orders them and no more: whoever shows
    it calls it by that name, or shows the scores. A single output y that is to be 0 or 1 scores the classes 1 - y and y.
    """
    if model.gives_probabilities:
        return np.zeros((0, 0), np.float32)
    return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs.copy()
