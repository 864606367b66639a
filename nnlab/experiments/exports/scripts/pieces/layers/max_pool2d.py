"""The largest number of each patch."""

import numpy as np

from .base import Layer
from .patches import places


class MaxPool2D(Layer):
    """y = the largest number of each size x size patch, `stride` apart.

    x (batch, H, W, C)    y (batch, H', W', C)    H' = floor((H - size) / stride) + 1
    The gradient goes to the first that is as large, in reading order.
    """

    def __init__(self, name: str, size: int, stride: int) -> None:
        super().__init__(name)
        self.size, self.stride = size, stride

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """A running maximum over the places of a patch."""
        self.x = x
        first, *others = places(x, self.size, self.stride)
        self.y = first.copy(order="K")
        for numbers in others:
            np.maximum(self.y, numbers, out=self.y)
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """To the first place that holds the maximum."""
        dx = np.zeros_like(self.x)
        is_free = np.ones_like(self.y, bool)
        inside = places(self.x, self.size, self.stride)
        for numbers, target in zip(
            inside, places(dx, self.size, self.stride), strict=True
        ):
            wins = (numbers == self.y) & is_free
            is_free &= ~wins
            target += dy * wins
        return dx
