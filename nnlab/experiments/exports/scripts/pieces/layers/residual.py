"""A way around some layers."""

import numpy as np

from .base import Layer
from .chain import Chain


class Residual(Layer):
    """y = x + f(x),  f the layers inside (He et al. 2016).    dx = dy + f'(x)^T dy"""

    def __init__(self, name: str, layers: list[Layer]) -> None:
        super().__init__(name)
        self.inside = Chain(layers)
        self.shapes = self.inside.shapes(name)
        self.kept = tuple(array for layer in layers for array in layer.kept)

    def initialize(self, rng: np.random.Generator) -> None:
        """Those inside."""
        self.inside.initialize(self, int(rng.integers(2**32)))

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """x + f(x)"""
        self.x = x
        through = self.inside.forward(x, step)
        self.charge = sum(layer.charge for layer in self.inside.layers)
        return np.add(x, through, out=np.empty_like(x))

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy + f'(x)^T dy"""
        return np.add(self.inside.backward(dy), dy, out=np.empty_like(self.x))
