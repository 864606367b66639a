"""The logistic function as a layer."""

import numpy as np

from ..logistic import sigmoid
from .base import Layer


class Sigmoid(Layer):
    """y = 1 / (1 + exp(-x))    dx = dy y (1 - y)"""

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """1 / (1 + exp(-x))"""
        self.y = sigmoid(x)
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy y (1 - y)"""
        dx = (1 - self.y) * self.y
        dx *= dy
        return dx
