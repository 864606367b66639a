"""Cross-entropy of classes, behind softmax."""

import numpy as np

from ..settings import LABEL_SMOOTHING


def judge(z: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """L = -1/N sum_n sum_k q_nk log p_nk,  p = softmax(z),  and dL/dz = (p - q) / N

    z (N, classes)    labels (N,)    q is 1 at the true class and 0 elsewhere

    Computed as log sum exp(z - max z) - sum q (z - max z), which never takes log 0.
    """
    count, rows = len(z), np.arange(len(z))
    p = z - z.max(axis=1, keepdims=True)
    wanted = float(np.add.reduce(p[rows, labels]))
    if LABEL_SMOOTHING:
        # q = (1 - s) onehot + s / classes
        smooth = float(p.sum()) / p.shape[1]
        wanted = (1 - LABEL_SMOOTHING) * wanted + LABEL_SMOOTHING * smooth
    np.exp(p, out=p)
    total = p.sum(axis=1, keepdims=True)
    p /= total
    loss = (float(np.add.reduce(np.log(total), axis=None)) - wanted) / count
    if LABEL_SMOOTHING:
        p[rows, labels] -= 1 - LABEL_SMOOTHING
        p -= LABEL_SMOOTHING / p.shape[1]
    else:
        p[rows, labels] -= 1
    p *= 1.0 / count
    return loss, p
