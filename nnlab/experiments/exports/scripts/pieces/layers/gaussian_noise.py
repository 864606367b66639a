"""Noise."""

import numpy as np

from ..randomness import random_stream
from ..settings import SEED
from .base import Layer


class GaussianNoise(Layer):
    """While training  y = x + e,  e normal; while predicting y = x.    dx = dy"""

    def __init__(self, name: str, deviation: float) -> None:
        super().__init__(name)
        self.deviation = deviation

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """x with noise, or x."""
        if step is None:
            return x
        rng = random_stream(SEED, f"{self.name}.noise", step)
        noise = rng.standard_normal(x.shape, dtype=np.float32) * self.deviation
        return np.add(x, noise, out=np.empty_like(x))

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Noise is a constant."""
        return dy
