"""The mean squared error."""

import numpy as np

from ..settings import LABELLED
from .encoded import encoded


def judge(y: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """L = mean over examples and outputs of  (y - t)^2

    y (N, K)    targets (N, K)    dL/dy = 2 (y - t) / (N K)
    """
    if LABELLED:
        targets = encoded(targets, y)
    error = np.subtract(y, targets, out=np.empty_like(y))
    flat = error.ravel(order="K")
    loss = float(np.dot(flat, flat)) / flat.size
    error *= 2.0 / error.size
    return loss, error
