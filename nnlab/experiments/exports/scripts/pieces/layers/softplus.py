"""A smooth rectifier."""

import numpy as np

from ..logistic import sigmoid
from .base import Layer


class Softplus(Layer):
    """y = log(1 + exp(x))    dx = dy / (1 + exp(-x))"""

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """max(x, 0) + log(1 + exp(-|x|)), which never overflows."""
        self.x = x
        return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy sigmoid(x)"""
        dx = sigmoid(self.x)
        dx *= dy
        return dx
