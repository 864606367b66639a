"""The same numbers in another shape."""

import numpy as np

from ..shapes import Shape
from .base import Layer
from .rearranged import rearranged


class Reshape(Layer):
    """The same numbers in another shape, last axis fastest."""

    def __init__(self, name: str, shape: Shape) -> None:
        super().__init__(name)
        self.shape = shape

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """x in the given shape."""
        self.before = x.shape[1:]
        return rearranged(x, self.shape)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy in the input's shape."""
        return rearranged(dy, self.before)
