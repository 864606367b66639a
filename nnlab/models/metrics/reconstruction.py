"""Numbers that say how near what a model gives back is to what it was given."""

import numpy as np

from nnlab.models.arrays import Array


def squared_errors(targets: Array, outputs: Array) -> Array:
    """Mean squared error of every example (N,), over all its numbers."""
    return np.asarray(np.square(targets.reshape(len(targets), -1) - outputs.reshape(len(outputs), -1)).mean(axis=1))


def psnr(errors: Array, peak: float = 1.0) -> Array:
    """10 log10(peak^2 / error) in dB, from mean squared errors; infinite where nothing differs."""
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(peak**2 / errors))
