"""Half a wave."""

import math

from ..settings import EPOCHS, LEARNING_RATE


def learning_rate(epoch: float) -> float:
    """LEARNING_RATE (1 + cos(pi epoch / EPOCHS)) / 2  (Loshchilov and Hutter 2017)"""
    wave = math.cos(math.pi * min(epoch / EPOCHS, 1.0))
    return LEARNING_RATE * (0.5 * (1.0 + wave))
