"""Probabilities of classes as a layer."""

import numpy as np

from .base import Layer


class Softmax(Layer):
    """y_k = exp(x_k - max x) / sum_j exp(x_j - max x)

    x, y (batch, classes)    dx = y (dy - sum_k dy_k y_k)
    """

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """Probabilities of the classes."""
        y = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = y / y.sum(axis=1, keepdims=True)
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """y (dy - <dy, y>)"""
        dx = np.multiply(dy, self.y, out=np.empty_like(self.y))
        np.subtract(dy, dx.sum(axis=1, keepdims=True), out=dx)
        dx *= self.y
        return dx
