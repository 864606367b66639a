"""Drops of the learning rate where the loss does not fall."""

import math

from ..settings import DECAY, EVERY, LEARNING_RATE


class Plateau:
    """LEARNING_RATE DECAY^drops: one after EVERY epochs without a new lowest loss."""

    def __init__(self) -> None:
        self.lowest, self.waited, self.drops = math.inf, 0, 0

    def learning_rate(self, epoch: float) -> float:
        """The rate of the next update."""
        return LEARNING_RATE * math.pow(DECAY, self.drops)

    def see(self, loss: float) -> None:
        """The loss at the end of an epoch."""
        if loss < self.lowest:
            self.lowest, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited >= EVERY:
            self.waited, self.drops = 0, self.drops + 1
