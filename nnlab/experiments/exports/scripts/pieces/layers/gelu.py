"""The Gaussian error linear unit."""

import numpy as np

from .base import Layer


class GELU(Layer):
    """y = x / 2 (1 + tanh(c (x + k x^3)))  with  c = sqrt(2 / pi),  k = 0.044715

    (Hendrycks and Gimpel 2016)
    """

    C = 0.7978845608028654
    K = 0.044715

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """Keeps the tanh for the backward pass."""
        self.x = x
        self.tanh = np.tanh((x * x * (self.C * self.K) + self.C) * x)
        return (self.tanh + 1) * x * 0.5

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy ((1 + t) / 2 + x / 2 (1 - t^2) c (1 + 3 k x^2))"""
        x, t = self.x, self.tanh
        inner = (x * x * (3 * self.C * self.K) + self.C) * x
        dx = ((1 - t * t) * inner + t + 1) * 0.5
        dx *= dy
        return dx
