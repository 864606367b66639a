"""The mean of each patch."""

import numpy as np

from .base import Layer
from .patches import places


class AveragePool2D(Layer):
    """y = the mean of each size x size patch, `stride` apart.

    x (batch, H, W, C)    y (batch, H', W', C)    H' = floor((H - size) / stride) + 1
    """

    def __init__(self, name: str, size: int, stride: int) -> None:
        super().__init__(name)
        self.size, self.stride = size, stride

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """The sum over the places of a patch, divided by their number."""
        self.x = x
        first, *others = places(x, self.size, self.stride)
        y = first.copy(order="K")
        for numbers in others:
            y += numbers
        y *= 1 / self.size**2
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """An equal part to every place."""
        dx = np.zeros_like(self.x)
        share = dy * (1 / self.size**2)
        for target in places(dx, self.size, self.stride):
            target += share
        return dx
