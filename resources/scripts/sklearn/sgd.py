"""scikit-learn's solver sgd, at a rate that may change."""

import numpy as np

from ..data.examples import Examples
from ..settings import HAS_VALUES
from .tensors import Tensors


class Optimizer:
    """SGD:  u <- momentum u - lr g    p <- p + u

    nnlab's velocity has no rate in it: where the rate changes, u is scaled with it.
    """

    def __init__(self, tensors: Tensors) -> None:
        self.tensors, self.rate = tensors, 0.0
        self.rule = tensors.estimator._optimizer
        self.rule.velocities = [np.zeros_like(array) for array in tensors.arrays]

    def learn(self, batch: Examples, rate: float) -> float:
        """One step; the batch's mean loss before."""
        if self.rate and rate != self.rate:
            share = rate / self.rate
            self.rule.velocities = [share * u for u in self.rule.velocities]
        self.rate = rate
        if HAS_VALUES:
            # It halves the squares and adds up the outputs; nnlab takes their mean.
            self.rule.learning_rate = rate * 2 / self.tensors.estimator.n_outputs_
        else:
            self.rule.learning_rate = rate
        return self.tensors.fit(*batch)
