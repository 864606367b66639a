"""The hyperbolic tangent."""

import numpy as np

from .base import Layer


class Tanh(Layer):
    """y = tanh(x)    dx = dy (1 - y^2)"""

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """tanh(x)"""
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy (1 - y^2)"""
        dx = 1 - self.y * self.y
        dx *= dy
        return dx
