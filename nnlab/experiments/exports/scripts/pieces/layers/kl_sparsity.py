"""A charge for units that are active too often."""

import numpy as np

from .base import Layer


class KLSparsity(Layer):
    """y = x, and the loss grows by  weight sum_j KL(target || r_j),

    r_j the mean activation of unit j over the batch (Ng 2011).
    KL(p || r) = p log(p / r) + (1 - p) log((1 - p) / (1 - r))
    dx = dy + weight / batch (-target / r + (1 - target) / (1 - r))
    """

    def __init__(self, name: str, target: float, weight: float) -> None:
        super().__init__(name)
        self.target, self.weight = target, weight

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """x itself; the charge is kept."""
        if step is not None:
            mean = np.matmul(np.ones(len(x), np.float32), x) * (1 / len(x))
            self.mean = np.clip(mean, 1e-6, 1 - 1e-6)
            p, r = self.target, self.mean.astype(np.float64)
            distances = p * np.log(p / r) + (1 - p) * np.log((1 - p) / (1 - r))
            self.charge = float(self.weight * distances.sum())
        return x

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy plus the charge's derivative, the same for every example."""
        p, r = self.target, self.mean
        slope = (self.weight / len(dy)) * ((1 - p) / (1 - r) - p / r)
        return np.add(dy, slope, out=np.empty_like(dy))
