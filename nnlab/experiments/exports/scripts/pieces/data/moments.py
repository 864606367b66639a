"""Mean and deviation."""

import numpy as np

from ..settings import IS_BYTES


def moments(inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of every feature, of pictures of every channel.

    Summed in float64, 4,096 examples at a time.
    """
    axes = tuple(range(inputs.ndim - 1))
    about = total = squares = np.zeros(inputs.shape[-1])
    if not IS_BYTES:
        # About a mean: of large numbers that differ little nothing would be left.
        about = inputs[:4096].astype(np.float64).mean(axis=axes)
    for start in range(0, len(inputs), 4096):
        chunk = inputs[start : start + 4096].astype(np.float64) - about
        total = total + chunk.sum(axis=axes)
        squares = squares + np.square(chunk).sum(axis=axes)
    count = len(inputs) * float(np.prod(inputs.shape[1:-1]))
    mean = total / count
    return about + mean, np.sqrt(np.maximum(squares / count - mean**2, 0))
