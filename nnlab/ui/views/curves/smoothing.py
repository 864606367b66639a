"""Making long noisy curves fit a screen: a moving average that follows as numbers arrive, and an envelope of few points."""

import numpy as np

from nnlab.models.arrays import Array

# About one point per pixel of a plot; a curve of more looks the same and takes longer to draw.
_MOST_POINTS = 800


class Smoother:
    """Exponential moving average  s <- a s + (1 - a) x, its bias towards zero removed, fed only what is new.

    Where a value is the mean of n steps, it has the weight of n:  s <- a^n s + (1 - a^n) x.
    """

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self._stride = 1
        self._smooth = np.empty(1024)
        self._count = 0
        self._average = 0.0
        self._weight = 0.0

    def follow(self, values: Array, stride: int = 1) -> Array:
        """The averages of all values so far, which must be last time's with new ones added.

        stride: how many steps a value stands for. It may double between two calls, when each two values became one.
        """
        while self._stride < stride:
            self._stride *= 2
            self._count //= 2
            self._smooth[: self._count] = self._smooth[1 : 2 * self._count : 2].copy()
        if len(values) > len(self._smooth):
            grown = np.empty(2 * len(values))
            grown[: self._count] = self._smooth[: self._count]
            self._smooth = grown
        a = self.factor**stride
        for place in range(self._count, len(values)):
            self._average = a * self._average + (1 - a) * float(values[place])
            self._weight = a * self._weight + (1 - a)
            self._smooth[place] = self._average / self._weight
        self._count = len(values)
        return self._smooth[: self._count]


def envelope(x: Array, y: Array) -> tuple[Array, Array]:
    """At most some 800 points that look like the whole curve: the lowest and highest of each stretch, in order."""
    if len(x) <= _MOST_POINTS:
        return x, y
    stretch = -(-2 * len(x) // _MOST_POINTS)
    whole = len(x) // stretch * stretch
    parts = y[:whole].reshape(-1, stretch)
    starts = np.arange(len(parts)) * stretch
    picked = np.stack([parts.argmin(axis=1), parts.argmax(axis=1)], axis=1)
    picked.sort(axis=1)
    places = np.concatenate([(starts[:, None] + picked).ravel(), np.arange(whole, len(x))])
    return x[places], y[places]
