"""The leaky rectifier."""

import numpy as np

from .base import Layer


class LeakyReLU(Layer):
    """y = x where x > 0, else slope x    dx = dy, else slope dy"""

    def __init__(self, name: str, slope: float) -> None:
        super().__init__(name)
        self.slope = slope

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """max(x, slope x), since the slope is at most 1."""
        self.x = x
        return np.maximum(x, x * self.slope)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy, or slope dy where the input was not positive."""
        slopes = np.multiply(self.x > 0, 1 - self.slope, dtype=np.float32)
        slopes += self.slope
        slopes *= dy
        return slopes
