"""How weights start: rules that keep the variance of signals steady from layer to layer."""

from collections.abc import Callable

import numpy as np

from nnlab.models.arrays import Array, Shape

Initializer = Callable[[Shape, int, int, float, np.random.Generator], Array]


def xavier(shape: Shape, fan_in: int, fan_out: int, scale: float, rng: np.random.Generator) -> Array:
    """Uniform in +-sqrt(6 / (fan_in + fan_out)): for tanh and sigmoid (Glorot and Bengio 2010, eq. 16)."""
    bound = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, shape)


def he(shape: Shape, fan_in: int, fan_out: int, scale: float, rng: np.random.Generator) -> Array:
    """Normal with deviation sqrt(2 / fan_in): for ReLU, which halves the variance (He et al. 2015, eq. 10)."""
    return rng.normal(0.0, np.sqrt(2.0 / fan_in), shape)


def normal(shape: Shape, fan_in: int, fan_out: int, scale: float, rng: np.random.Generator) -> Array:
    """Normal with the given deviation, whatever the fan."""
    return rng.normal(0.0, scale, shape)


def zeros(shape: Shape, fan_in: int, fan_out: int, scale: float, rng: np.random.Generator) -> Array:
    """All zero: every unit of a layer then learns the same thing, which is worth seeing once."""
    return np.zeros(shape)


INITIALIZERS: dict[str, Initializer] = {"he": he, "xavier": xavier, "normal": normal, "zeros": zeros}


def written_weights(rule: str, scale: float, shape: Shape, fans: tuple[int, ...], stream: str) -> dict[str, str]:
    """A weight of this shape and its bias as lines of NumPy; fans are those in and out, `stream` is the generator there."""
    named = f"Normal({scale!r})" if rule == "normal" else rule
    return {"weight": f"{named}({shape}, {fans[0]}, {fans[1]}, {stream})", "bias": f"np.zeros({shape[-1]})"}
