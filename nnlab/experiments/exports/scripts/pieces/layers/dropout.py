"""Units silenced at random."""

import numpy as np

from .base import Layer
from .mask import kept


class Dropout(Layer):
    """While training  y = x m / (1 - rate),  m = 0 at a share `rate` of units, else 1.

    While predicting y = x (Srivastava et al. 2014).    dx = dy m / (1 - rate)
    """

    def __init__(self, name: str, rate: float) -> None:
        super().__init__(name)
        self.rate = rate

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """x with some units silenced, or x."""
        if step is None:
            return x
        self.mask = kept(x, self.rate, self.name, step)
        self.mask *= 1 / (1 - self.rate)
        return x * self.mask

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Through the units that were kept."""
        return np.multiply(dy, self.mask, out=np.empty_like(self.mask))
