"""Every number at its own scale."""

import numpy as np

from ..settings import EPSILON, SMOOTHING
from ..tensors import Tensors


class Optimizer:
    """RMSProp:  v <- a v + (1 - a) g^2    p <- p - lr g / (sqrt(v) + EPSILON)

    a is SMOOTHING (Tieleman and Hinton 2012)
    """

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.square = np.zeros_like(tensors.values)

    def update(self, rate: float) -> None:
        """One step."""
        gradient = self.tensors.gradient
        self.square *= SMOOTHING
        self.square += gradient * gradient * (1 - SMOOTHING)
        self.tensors.values -= gradient / (np.sqrt(self.square) + EPSILON) * rate
