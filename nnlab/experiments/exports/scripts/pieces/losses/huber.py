"""Squared error that counts outliers linearly."""

import numpy as np

from ..settings import DELTA, LABELLED
from .encoded import encoded


def judge(y: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """L = mean of  e^2 / 2 where |e| <= d, else d (|e| - d / 2),  with  e = y - t

    y (N, K)    targets (N, K)    dL/dy = clip(e, -d, d) / (N K)    (Huber 1964)
    """
    if LABELLED:
        targets = encoded(targets, y)
    error = np.subtract(y, targets, out=np.empty_like(y))
    clipped = np.clip(error, -DELTA, DELTA)
    # |c| (|e| - |c| / 2) with c the clipped error is both branches in one.
    loss = float(((clipped * -0.5 + error) * clipped).mean())
    clipped *= 1.0 / clipped.size
    return loss, clipped
