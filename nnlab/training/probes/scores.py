"""Whether what a classifier puts out may be called a probability."""

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.network import Network


def scores_of(model: Network, outputs: Array) -> Array:
    """The outputs (n, classes) where they stand for classes without being probabilities, else (0, 0); a copy.

    A support vector machine gives scores. What `Network.probabilities` makes of them orders them and no more: whoever shows
    it calls it by that name, or shows the scores.
    """
    has_scores = not model.gives_probabilities and model.output_shape[-1] > 1
    return outputs.copy() if has_scores else np.zeros((0, 0), np.float32)
