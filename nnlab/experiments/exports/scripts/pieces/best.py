"""The best epoch so far."""

import math

import numpy as np


class Best:
    """The epoch with the lowest loss, and the model's numbers at its end."""

    def __init__(self) -> None:
        self.epoch, self.loss = 0, math.inf
        self.numbers: list[np.ndarray] = []

    def see(self, epoch: int, loss: float, numbers: list[np.ndarray]) -> None:
        """An epoch has ended; its numbers are copied if it is the best."""
        if not self.numbers or loss < self.loss:
            self.epoch, self.loss = epoch, loss
            self.numbers = [array.copy() for array in numbers]

    def put_back(self, numbers: list[np.ndarray]) -> None:
        """Give the model the numbers of the best epoch again."""
        for now, best in zip(numbers, self.numbers, strict=False):
            now[...] = best
