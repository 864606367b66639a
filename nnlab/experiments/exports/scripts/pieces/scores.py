"""How good outputs are, beside the loss."""

import numpy as np

from .settings import ONE_OUTPUT, THRESHOLD


def correct(outputs: np.ndarray, labels: np.ndarray) -> int:
    """How many labels the outputs (N, K) name."""
    if ONE_OUTPUT:
        return int(np.count_nonzero((outputs[:, 0] > THRESHOLD) == labels))
    else:
        return int(np.count_nonzero(outputs.argmax(axis=1) == labels))


def closeness(outputs: np.ndarray, values: np.ndarray) -> float:
    """The sum over examples of  1 - (y - t)^2,  a mean over the values.

    Where the t have mean 0 and deviation 1, its mean over all examples is R2.
    """
    error = (outputs - values).ravel(order="K")
    return len(outputs) * (1 - float(np.dot(error, error)) / error.size)


def r2(outputs: np.ndarray, values: np.ndarray) -> float:
    """1 - sum (t - y)^2 / sum (t - mean t)^2,  the mean over the values that vary."""
    t = values.astype(np.float64)
    errors = np.square(outputs - t).sum(axis=0)
    spreads = np.square(t - t.mean(axis=0)).sum(axis=0)
    return float((1 - errors[spreads > 0] / spreads[spreads > 0]).mean())
