"""Cross-entropy of every output by itself, behind sigmoid."""

import numpy as np

from ..logistic import sigmoid
from ..settings import LABELLED
from .encoded import encoded


def judge(z: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """L = -mean of  t log p + (1 - t) log(1 - p),  p = sigmoid(z)

    z (N, K)    targets (N, K)    dL/dz = (p - t) / (N K)
    Computed as  max(z, 0) - z t + log(1 + exp(-|z|))
    """
    if LABELLED:
        targets = encoded(targets, z)
    losses = np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0)
    losses -= z * targets
    gradient = sigmoid(z) - targets
    gradient *= 1.0 / gradient.size
    return float(losses.mean()), gradient
