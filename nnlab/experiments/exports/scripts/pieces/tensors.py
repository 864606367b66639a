"""All numbers of a model in one vector."""

import math

import numpy as np

from .shapes import Shape


class Tensors:
    """Named tensors as windows into one vector of values and one of their gradients.

    Those of two axes and more (weights) lie first and the others (biases) after them:
    what decays is a slice.
    """

    def __init__(self, shapes: dict[str, Shape]) -> None:
        order = sorted(shapes, key=lambda name: len(shapes[name]) < 2)
        sizes = {name: math.prod(shapes[name]) for name in order}
        decaying = sum(sizes[name] for name in order if len(shapes[name]) >= 2)
        self.weights = slice(0, decaying)
        self.values = np.zeros(sum(sizes.values()), np.float32)
        self.gradient = np.zeros_like(self.values)
        self.shapes, self.slices, start = shapes, dict[str, slice](), 0
        for name in order:
            self.slices[name] = slice(start, start + sizes[name])
            start += sizes[name]

    def value(self, name: str) -> np.ndarray:
        """A tensor: writing to it changes the model."""
        return self.values[self.slices[name]].reshape(self.shapes[name])

    def gradient_of(self, name: str) -> np.ndarray:
        """Its gradient."""
        return self.gradient[self.slices[name]].reshape(self.shapes[name])
