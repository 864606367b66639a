"""Features of points in the plane."""

import numpy as np

from .base import Layer

AXES = {
    "x1": (0,),
    "x2": (1,),
    "x1_squared": (0, 0),
    "x2_squared": (1, 1),
    "product": (0, 1),
    "sin_x1": (0,),
    "sin_x2": (1,),
}


class PlaneFeatures(Layer):
    """Of  x1, x2, x1^2, x2^2, x1 x2, sin(w x1), sin(w x2)  those that are named.

    x (batch, 2)    y (batch, features)    w the frequency. There is nothing to learn.
    """

    def __init__(self, name: str, features: tuple[str, ...], frequency: float) -> None:
        super().__init__(name)
        self.features, self.frequency = features, frequency

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """Column by column."""
        self.x = x
        y = np.empty((len(x), len(self.features)), x.dtype)
        for place, name in enumerate(self.features):
            first, *second = AXES[name]
            if name.startswith("sin"):
                y[:, place] = np.sin(x[:, first] * self.frequency)
            else:
                y[:, place] = x[:, first] * x[:, second[0]] if second else x[:, first]
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """The sum over the features of dy times the slope."""
        x, dx = self.x, np.zeros_like(self.x)
        for place, name in enumerate(self.features):
            own, axes = dy[:, place], AXES[name]
            if name.startswith("sin"):
                slope = np.cos(x[:, axes[0]] * self.frequency) * self.frequency
                dx[:, axes[0]] += slope * own
            elif len(axes) == 2:
                dx[:, axes[0]] += x[:, axes[1]] * own
                dx[:, axes[1]] += x[:, axes[0]] * own
            else:
                dx[:, axes[0]] += own
        return dx
