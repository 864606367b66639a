"""Penalties on the size of the weights, over the flat vector. Biases are left alone."""

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.parameters import Parameters


def weight_penalty(parameters: Parameters, l1: float, l2: float) -> float:
    """R = l1 sum |w| + l2 / 2 sum w^2  over the decaying part of the vector (weights, not biases)."""
    weights = parameters.values[parameters.decaying]
    return float(l1 * np.abs(weights).sum() + 0.5 * l2 * np.vdot(weights, weights))


def add_penalty_gradient(parameters: Parameters, l1: float, l2: float, scratch: Array) -> None:
    """gradient += l1 sign(w) + l2 w.  The half in the penalty makes l2 what PyTorch calls weight_decay."""
    weights = parameters.values[parameters.decaying]
    gradient = parameters.gradient[parameters.decaying]
    term = scratch[parameters.decaying]
    if l2:
        np.multiply(weights, l2, out=term)
        np.add(gradient, term, out=gradient)
    if l1:
        np.sign(weights, out=term)
        np.multiply(term, l1, out=term)
        np.add(gradient, term, out=gradient)


def clip_gradient(gradient: Array, largest: float) -> float:
    """gradient <- gradient * min(1, largest / |gradient|), the norm over the whole vector. Returns the norm before.

    (Pascanu et al. 2013, algorithm 1.)
    """
    norm = float(np.sqrt(np.vdot(gradient, gradient)))
    if norm > largest:
        np.multiply(gradient, largest / norm, out=gradient)
    return norm
