"""Batch normalisation."""

import numpy as np

from .base import Layer


class BatchNorm(Layer):
    """y = scale (x - m) / sqrt(v + epsilon) + shift, per feature or channel.

    While training m and v are the batch's mean and variance, and the running ones
    follow them:  r <- (1 - momentum) r + momentum batch.  While predicting they are the
    running ones (Ioffe and Szegedy 2015).

    With n numbers per channel and  xh = (x - m) / sqrt(v + epsilon):

    dshift = sum dy    dscale = sum dy xh
    dx = scale / sqrt(v + epsilon) (dy - dshift / n - xh dscale / n)
    """

    def __init__(
        self, name: str, channels: int, momentum: float, epsilon: float
    ) -> None:
        super().__init__(name)
        self.shapes = {"scale": (channels,), "shift": (channels,)}
        self.momentum, self.epsilon = momentum, epsilon
        self.mean = np.zeros(channels, np.float32)
        self.variance = np.ones(channels, np.float32)
        self.kept = (self.mean, self.variance)

    def initialize(self, rng: np.random.Generator) -> None:
        """The identity."""
        self.values["scale"].fill(1)

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """Normalised by the batch while training, by the running figures else."""
        mean, variance = self.mean, self.variance
        if step is not None:
            axes, count = tuple(range(x.ndim - 1)), x.size // x.shape[-1]
            mean = x.mean(axis=axes)
            self.normalised = x - mean
            variance = (self.normalised * self.normalised).mean(axis=axes)
            if count > 1:
                unbiased = variance * (count / (count - 1))
                self.mean += self.momentum * (mean - self.mean)
                self.variance += self.momentum * (unbiased - self.variance)
        else:
            self.normalised = x - mean
        self.inverse = np.reciprocal(np.sqrt(variance + self.epsilon))
        self.normalised *= self.inverse
        return self.normalised * self.values["scale"] + self.values["shift"]

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Through the batch's own mean and variance."""
        axes, count = tuple(range(dy.ndim - 1)), dy.size // dy.shape[-1]
        xh = self.normalised
        dshift = np.add.reduce(dy, axis=axes, out=self.gradients["shift"])
        dx = np.multiply(dy, xh, out=np.empty_like(xh))
        dscale = np.add.reduce(dx, axis=axes, out=self.gradients["scale"])
        np.subtract(dy, xh * (dscale / count), out=dx)
        dx -= dshift / count
        dx *= self.values["scale"] * self.inverse
        return dx
