"""The affine layer of a decoder with the weights of its encoder."""

import numpy as np

from .base import Layer
from .dense import Dense
from .memory import batch_innermost


class TiedDense(Layer):
    """y = x V^T + b,  V the weights of a layer of the encoder; only b is its own.

    dV = (x^T dy)^T, added to that of the encoder    db = sum of dy    dx = dy V
    """

    def __init__(self, name: str, encoder: Dense) -> None:
        super().__init__(name)
        self.encoder = encoder
        units, inputs = encoder.shapes["weight"]
        self.shapes = {"bias": (units,)}
        self.weight_gradient = np.zeros((inputs, units), np.float32)

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """y = x V^T + b"""
        weight, bias = self.encoder.values["weight"].T, self.values["bias"]
        self.x = x
        y = np.empty((len(x), len(bias)), np.float32)
        if len(bias) <= 32:
            y = batch_innermost(len(x), len(bias))
        np.matmul(x, weight, out=y)
        y += bias
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """db and dx; the weights' gradient is kept for `share_gradient`."""
        np.matmul(self.x.T, dy, out=self.weight_gradient)
        np.matmul(np.ones(len(dy), np.float32), dy, out=self.gradients["bias"])
        dx = np.empty_like(self.x)
        return np.matmul(dy, self.encoder.values["weight"], out=dx)

    def share_gradient(self) -> None:
        """Add the weights' gradient to that of the encoder, once that is there."""
        self.encoder.gradients["weight"] += self.weight_gradient.T
