"""How weights start."""

import numpy as np

from .shapes import Shape


def he(shape: Shape, fan_in: int, fan_out: int, rng: np.random.Generator) -> np.ndarray:
    """Normal with deviation sqrt(2 / fan_in), for ReLU (He et al. 2015)."""
    return rng.normal(0.0, np.sqrt(2.0 / fan_in), shape)


def xavier(
    shape: Shape, fan_in: int, fan_out: int, rng: np.random.Generator
) -> np.ndarray:
    """Uniform in +-sqrt(6 / (fan_in + fan_out)), for tanh and sigmoid (Glorot 2010)."""
    bound = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, shape)


def zeros(
    shape: Shape, fan_in: int, fan_out: int, rng: np.random.Generator
) -> np.ndarray:
    """All zero."""
    return np.zeros(shape)


class Normal:
    """Normal with a given deviation."""

    def __init__(self, deviation: float) -> None:
        self.deviation = deviation

    def __call__(
        self, shape: Shape, fan_in: int, fan_out: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Drawn."""
        return rng.normal(0.0, self.deviation, shape)
