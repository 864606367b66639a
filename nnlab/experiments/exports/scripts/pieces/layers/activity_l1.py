"""A charge for activity."""

import numpy as np

from .base import Layer


class ActivityL1(Layer):
    """y = x, and the loss grows by  weight / batch sum |x|

    dx = dy + weight / batch sign(x)
    """

    def __init__(self, name: str, weight: float) -> None:
        super().__init__(name)
        self.weight = weight

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """x itself; the charge is kept."""
        self.x = x
        self.charge = self.weight * float(np.abs(x).sum()) / len(x)
        return x

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy plus the charge's derivative."""
        dx = np.sign(self.x) * (self.weight / len(dy))
        dx += dy
        return dx
