"""The margin to the strongest rival."""

import numpy as np


def judge(z: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """L = 1/N sum_n max(0, 1 + max_{k != t} z_k - z_t)  (Crammer and Singer 2001)

    z (N, classes) scores    labels (N,)
    dL/dz = 1/N at the strongest rival and -1/N at t, where the margin is under 1
    """
    rows, rivals = np.arange(len(z)), z.copy(order="K")
    rivals[rows, labels] = -np.inf
    strongest = rivals.argmax(axis=1)
    violation = np.maximum(1 - (z[rows, labels] - z[rows, strongest]), 0)
    share = (violation > 0) / len(z)
    gradient = np.zeros_like(z)
    gradient[rows, strongest] = share
    gradient[rows, labels] = -share
    return float(violation.mean()), gradient
