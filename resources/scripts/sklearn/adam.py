"""scikit-learn's solver adam, at a rate that may change."""

import math

import numpy as np

from ..data.examples import Examples
from ..settings import BETA2, EPSILON, HAS_VALUES
from .tensors import Tensors


class Optimizer:
    """Adam (Kingma and Ba 2015), with its epsilon where nnlab has it.

    scikit-learn adds it to sqrt(v), nnlab to sqrt(v / (1 - BETA2^t)).
    """

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.rule, self.rule.t = tensors.estimator._optimizer, 0
        self.rule.ms = [np.zeros_like(array) for array in tensors.arrays]
        self.rule.vs = [np.zeros_like(array) for array in tensors.arrays]

    def learn(self, batch: Examples, rate: float) -> float:
        """One step; the batch's mean loss before."""
        self.rule.learning_rate_init = rate
        self.rule.epsilon = EPSILON * math.sqrt(1 - BETA2 ** (self.rule.t + 1))
        if HAS_VALUES:
            # It halves the squares and adds up the outputs; nnlab takes their mean.
            self.rule.epsilon *= self.tensors.estimator.n_outputs_ / 2
        return self.tensors.fit(*batch)
