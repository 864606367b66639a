"""What layers have in common.

A gradient lies in memory as what it is by, whatever comes in from behind: the order of
axes decides how sums are rounded. So gradients are written in place.
"""

import numpy as np

from ..shapes import Shape


class Layer:
    """A step on the way from inputs to outputs; most have nothing to learn.

    shapes: of the tensors it learns    values, gradients: those tensors, windows into
    the model's vectors    kept: what it has besides    charge: what it adds to the loss
    """

    values: dict[str, np.ndarray]
    gradients: dict[str, np.ndarray]
    kept: tuple[np.ndarray, ...] = ()
    charge = 0.0
    # Nobody asks for the gradient by the data.
    is_first = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.shapes: dict[str, Shape] = {}

    def initialize(self, rng: np.random.Generator) -> None:
        """Fill `values` with what training starts from."""

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """The outputs for a batch."""
        raise NotImplementedError

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Given the gradient by the output: write the tensors', return the input's."""
        raise NotImplementedError
