"""Nesterov's momentum."""

import numpy as np

from ..settings import MOMENTUM
from ..tensors import Tensors


class Optimizer:
    """Nesterov's momentum:  v <- MOMENTUM v + g    p <- p - lr (g + MOMENTUM v)

    (Sutskever et al. 2013)
    """

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.velocity = np.zeros_like(tensors.values)

    def update(self, rate: float) -> None:
        """One step."""
        gradient = self.tensors.gradient
        self.velocity *= MOMENTUM
        self.velocity += gradient
        self.tensors.values -= (self.velocity * MOMENTUM + gradient) * rate
