"""Values that are to be predicted."""

import numpy as np


def standard_units(
    values: np.ndarray, learns: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of the values at these positions; 1 where none varies."""
    mean, deviation = values[learns].mean(axis=0), values[learns].std(axis=0)
    return mean, np.where(deviation > 1e-12 * np.abs(mean), deviation, 1.0)
