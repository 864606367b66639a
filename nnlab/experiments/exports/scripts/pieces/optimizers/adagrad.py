"""Steps shrink where gradients were large."""

import numpy as np

from ..settings import EPSILON
from ..tensors import Tensors


class Optimizer:
    """Adagrad:  s <- s + g^2    p <- p - lr g / (sqrt(s) + EPSILON)

    (Duchi et al. 2011)
    """

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.squares = np.zeros_like(tensors.values)

    def update(self, rate: float) -> None:
        """One step."""
        gradient = self.tensors.gradient
        self.squares += gradient * gradient
        self.tensors.values -= gradient / (np.sqrt(self.squares) + EPSILON) * rate
