"""Labels as values."""

import numpy as np

from ..settings import ONE_OUTPUT


def encoded(labels: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """1 at the true class and 0 elsewhere; of one output the label itself."""
    values = np.zeros_like(outputs)
    if ONE_OUTPUT:
        values[:, 0] = labels
    else:
        values[np.arange(len(labels)), labels] = 1
    return values
