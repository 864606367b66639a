"""The rectifier."""

import numpy as np

from .base import Layer


class ReLU(Layer):
    """y = max(0, x)    dx = dy where y > 0, else 0"""

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """max(0, x)"""
        self.y = np.maximum(x, np.float32(0))
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy where the unit was active."""
        return np.multiply(dy, self.y > 0, out=np.empty_like(self.y))
