"""What is done to a gradient before a step is made of it."""

import numpy as np

from .settings import CLIP_NORM, L1, L2
from .tensors import Tensors


def add_penalty(tensors: Tensors) -> None:
    """Add the gradient of the penalty on the weights."""
    weights, gradient = (
        tensors.values[tensors.weights],
        tensors.gradient[tensors.weights],
    )
    if L2:
        gradient += weights * L2
    if L1:
        gradient += np.sign(weights) * L1


def clip(tensors: Tensors) -> None:
    """Scale a gradient down that is longer than CLIP_NORM (Pascanu et al. 2013)."""
    gradient = tensors.gradient
    norm = float(np.sqrt(np.vdot(gradient, gradient)))
    if norm > CLIP_NORM:
        gradient *= CLIP_NORM / norm
