"""The exponential linear unit."""

import numpy as np

from .base import Layer


class ELU(Layer):
    """y = x where x > 0, else alpha (exp(x) - 1)    (Clevert et al. 2016)

    dx = dy, else dy (y + alpha)
    """

    def __init__(self, name: str, alpha: float) -> None:
        super().__init__(name)
        self.alpha = alpha

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """max(x, 0) + alpha (exp(min(x, 0)) - 1)"""
        self.x = x
        self.y = np.expm1(np.minimum(x, 0)) * self.alpha + np.maximum(x, 0)
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """The slope is 1, or y + alpha where the output is negative."""
        slope = np.minimum(self.y, 0) + self.alpha
        slope[self.x > 0] = 1
        slope *= dy
        return slope
