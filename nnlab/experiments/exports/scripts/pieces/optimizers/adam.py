"""Adaptive moments."""

import numpy as np

from ..settings import BETA1, BETA2, EPSILON
from ..tensors import Tensors


class Optimizer:
    """Adam (Kingma and Ba 2015), t the number of the step:

    m <- BETA1 m + (1 - BETA1) g    v <- BETA2 v + (1 - BETA2) g^2
    p <- p - lr (m / (1 - BETA1^t)) / (sqrt(v / (1 - BETA2^t)) + EPSILON)

    The vectors hold m / (1 - BETA1) and v / (1 - BETA2), which saves two passes.
    """

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.m, self.v = np.zeros_like(tensors.values), np.zeros_like(tensors.values)
        self.step = 0

    def update(self, rate: float) -> None:
        """One step."""
        gradient = self.tensors.gradient
        self.step += 1
        root = np.sqrt((1 - BETA2) / (1 - BETA2**self.step))
        self.m *= BETA1
        self.m += gradient
        self.v *= BETA2
        self.v += gradient * gradient
        rate = float(rate * (1 - BETA1) / (1 - BETA1**self.step) / root)
        self.tensors.values -= self.m / (np.sqrt(self.v) + float(EPSILON / root)) * rate
