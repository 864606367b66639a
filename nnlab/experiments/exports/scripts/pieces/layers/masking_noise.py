"""Inputs hidden at random."""

import numpy as np

from .base import Layer
from .mask import kept


class MaskingNoise(Layer):
    """While training  y = x m,  m = 0 at a share `rate` of inputs, else 1.

    While predicting y = x (Vincent et al. 2010).    dx = dy m
    """

    def __init__(self, name: str, rate: float) -> None:
        super().__init__(name)
        self.rate = rate

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """x with some inputs at zero, or x."""
        if step is None:
            return x
        self.mask = kept(x, self.rate, self.name, step)
        return x * self.mask

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Through the inputs that were kept."""
        return np.multiply(dy, self.mask, out=np.empty_like(self.mask))
