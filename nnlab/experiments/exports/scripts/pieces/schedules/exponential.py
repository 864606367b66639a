"""Smoothly down."""

import math

from ..settings import DECAY, LEARNING_RATE


def learning_rate(epoch: float) -> float:
    """LEARNING_RATE DECAY^epoch, epochs with fractions."""
    return LEARNING_RATE * math.pow(DECAY, epoch)
