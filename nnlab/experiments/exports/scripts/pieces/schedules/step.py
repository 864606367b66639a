"""In stairs."""

import math

from ..settings import DECAY, EVERY, LEARNING_RATE


def learning_rate(epoch: float) -> float:
    """LEARNING_RATE DECAY^floor(epoch / EVERY)"""
    return LEARNING_RATE * math.pow(DECAY, math.floor(epoch / EVERY))
