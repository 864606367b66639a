"""The affine layer."""

from collections.abc import Callable

import numpy as np

from .base import Layer
from .memory import batch_innermost


class Dense(Layer):
    """y = x W + b

    x (batch, inputs)    W (inputs, units)    b (units,)    y (batch, units)

    dW = x^T dy    db = sum of dy over the batch    dx = dy W^T
    """

    def __init__(
        self, name: str, inputs: int, units: int, start: Callable[..., np.ndarray]
    ) -> None:
        super().__init__(name)
        self.shapes = {"weight": (inputs, units), "bias": (units,)}
        self.start = start

    def initialize(self, rng: np.random.Generator) -> None:
        """Weights by the rule, biases zero."""
        weight = self.values["weight"]
        weight[...] = self.start(weight.shape, *weight.shape, rng)

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """y = x W + b"""
        weight, bias = self.values["weight"], self.values["bias"]
        self.x = x
        y = np.empty((len(x), len(bias)), np.float32)
        if len(bias) <= 32:
            # Sums over few units are faster when the batch lies innermost.
            y = batch_innermost(len(x), len(bias))
        np.matmul(x, weight, out=y)
        y += bias
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dW, db and dx."""
        np.matmul(self.x.T, dy, out=self.gradients["weight"])
        np.matmul(np.ones(len(dy), np.float32), dy, out=self.gradients["bias"])
        if self.is_first:
            return dy
        dx = np.empty_like(self.x)
        return np.matmul(dy, self.values["weight"].T, out=dx)
