"""Layers inside of a layer."""

import numpy as np

from ..randomness import random_stream
from ..shapes import Shape
from .base import Layer


class Chain:
    """Layers in a row inside of a layer; their names begin with its name."""

    def __init__(self, layers: list[Layer]) -> None:
        self.layers = layers

    def shapes(self, outer: str) -> dict[str, Shape]:
        """Of all that they learn, by the names that it has in the layer outside."""
        return {
            f"{layer.name.removeprefix(f'{outer}.')}.{key}": shape
            for layer in self.layers
            for key, shape in layer.shapes.items()
        }

    def initialize(self, outer: Layer, seed: int) -> None:
        """Give each its tensors, and fill them from a stream of its own name."""
        for layer in self.layers:
            name = layer.name.removeprefix(f"{outer.name}.")
            layer.values = {key: outer.values[f"{name}.{key}"] for key in layer.shapes}
            layer.gradients = {
                key: outer.gradients[f"{name}.{key}"] for key in layer.shapes
            }
            layer.initialize(random_stream(seed, name))

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """Through all of them."""
        for layer in self.layers:
            x = layer.forward(x, step)
        return x

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """And back."""
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy
