"""Several ways from one input."""

import numpy as np

from .base import Layer
from .chain import Chain
from .memory import batch_innermost


class Parallel(Layer):
    """y = (f1(x), f2(x), ...) side by side along the last axis, or their sum.

    dx = the sum of the branches' gradients
    """

    def __init__(self, name: str, branches: list[list[Layer]], adds: bool) -> None:
        super().__init__(name)
        self.branches, self.adds = [Chain(layers) for layers in branches], adds
        for branch in self.branches:
            self.shapes |= branch.shapes(name)
        inside = [layer for branch in self.branches for layer in branch.layers]
        self.kept = tuple(array for layer in inside for array in layer.kept)

    def initialize(self, rng: np.random.Generator) -> None:
        """Those inside."""
        seed = int(rng.integers(2**32))
        for branch in self.branches:
            branch.initialize(self, seed)

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """All branches, put together."""
        self.x = x
        outputs = [branch.forward(x, step) for branch in self.branches]
        inside = [layer for branch in self.branches for layer in branch.layers]
        self.charge = sum(layer.charge for layer in inside)
        self.widths = [output.shape[-1] for output in outputs]
        first = outputs[0]
        width = first.shape[-1] if self.adds else sum(self.widths)
        y = np.empty((*first.shape[:-1], width), np.float32)
        if first.strides[0] == min(first.strides):
            # In the order of memory of what is put together.
            y = batch_innermost(*first.shape[:-1], width)
        if not self.adds:
            return np.concatenate(outputs, axis=-1, out=y)
        np.add(first, outputs[1], out=y)
        for output in outputs[2:]:
            y += output
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Each branch gets its own part of the gradient, or all of it."""
        dx, start = np.zeros_like(self.x), 0
        for branch, width in zip(self.branches, self.widths, strict=True):
            own = dy if self.adds else dy[..., start : start + width]
            start += width
            dx += branch.backward(own)
        return dx
