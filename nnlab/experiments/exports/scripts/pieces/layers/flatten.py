"""Pictures as rows."""

import math

import numpy as np

from .base import Layer
from .rearranged import rearranged


class Flatten(Layer):
    """(height, width, channels) becomes (height * width * channels,)."""

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """All axes in one."""
        self.shape = x.shape[1:]
        return rearranged(x, (math.prod(self.shape),))

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy in the input's shape."""
        return rearranged(dy, self.shape)
