"""Gradient descent."""

from ..tensors import Tensors


class Optimizer:
    """Gradient descent:  p <- p - lr g"""

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors

    def update(self, rate: float) -> None:
        """One step."""
        gradient = self.tensors.gradient
        self.tensors.values -= gradient * rate
