"""One margin for every class."""

import numpy as np


def judge(z: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """L = 1/N sum_n sum_k max(0, 1 - s_nk z_nk),  s = 1 at the true class, else -1

    z (N, classes) scores    labels (N,)    dL/dz = -s / N where the margin is under 1
    """
    signs = np.full_like(z, -1)
    signs[np.arange(len(z)), labels] = 1
    margin = np.maximum(1 - signs * z, 0)
    gradient = signs * (margin > 0)
    gradient *= -1.0 / len(z)
    return float(margin.sum()) / len(z), gradient
