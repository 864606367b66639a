"""Convolution, ReLU and maximum pooling in one."""

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .base import Layer
from .rows import Geometry, padded, unpadded


class ConvReLUPool(Layer):
    """Convolution, ReLU and pooling: the maximum of each 2 x 2 patch of  max(0, z).

    z[n, i, j, f] = b[f] + sum_uvc x[n, i + u - p, j + v - p, c] W[u, v, c, f]

    x (batch, H, W, C)    W (k, k, C, F)    b (F,)    y (batch, H', W', F)
    p the padding

    The results come out split by their place in a patch, so that pooling is three
    comparisons; bias and ReLU come after it and touch a quarter of the numbers.
    """

    def __init__(
        self, name: str, sizes: Geometry, filters: int, start: Callable[..., np.ndarray]
    ) -> None:
        super().__init__(name)
        k, channels = sizes.kernel, sizes.channels
        self.shapes = {"weight": (k, k, channels, filters), "bias": (filters,)}
        self.sizes, self.filters, self.start = sizes, filters, start
        self.height, self.width = sizes.out_height // 2, sizes.out_width // 2

    def initialize(self, rng: np.random.Generator) -> None:
        """Weights by the rule, biases zero."""
        weight, area = self.values["weight"], self.sizes.kernel * self.sizes.kernel
        inputs, outputs = area * self.sizes.channels, area * self.filters
        weight[...] = self.start(weight.shape, inputs, outputs, rng)

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """Multiply, take maxima, add the bias, cut at zero."""
        self.windows = self.unfolded(x)
        matrix = self.values["weight"].reshape(-1, self.filters).T
        z = np.empty(
            (2, 2 * self.height, self.filters, self.width * len(x)), np.float32
        )
        np.matmul(matrix, self.windows, out=z)
        first, second, third, fourth = slabs(z)
        self.second_wins, self.fourth_wins = second > first, fourth > third
        upper, lower = np.maximum(first, second), np.maximum(third, fourth)
        self.lower_wins = lower > upper
        y = np.maximum(upper, lower) + self.values["bias"][:, None]
        self.y = np.maximum(y, np.float32(0))
        pictures = self.y.reshape(self.height, self.filters, self.width, len(x))
        return pictures.transpose(3, 0, 2, 1)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """To the winners alone, through the same matrices."""
        inner = np.ascontiguousarray(dy.transpose(1, 3, 2, 0))
        d = inner.reshape(self.y.shape) * (self.y > 0)
        sums = np.matmul(d, np.ones(d.shape[2], np.float32))
        np.add.reduce(sums, axis=0, out=self.gradients["bias"])
        dz = np.empty((2, 2 * self.height, self.filters, d.shape[2]), np.float32)
        first, second, third, fourth = slabs(dz)
        np.multiply(d, self.lower_wins & self.fourth_wins, out=fourth)
        np.multiply(d, self.lower_wins & ~self.fourth_wins, out=third)
        np.multiply(d, ~self.lower_wins & self.second_wins, out=second)
        np.multiply(d, ~self.lower_wins & ~self.second_wins, out=first)
        parts = np.matmul(self.windows, dz.swapaxes(2, 3))
        gradient = self.gradients["weight"]
        total = np.add.reduce(parts.reshape(-1, *parts.shape[2:]), axis=0)
        gradient[...] = total.reshape(gradient.shape)
        if self.is_first:
            return dy
        matrix = self.values["weight"].reshape(-1, self.filters).T
        columns = np.empty(self.windows.shape, np.float32)
        return self.folded(np.matmul(matrix.T, dz, out=columns))

    def unfolded(self, x: np.ndarray) -> np.ndarray:
        """k consecutive rows as one matrix, for every output row and column place."""
        g, inner, k = self.sizes, padded(x, self.sizes), self.sizes.kernel
        height, reach = 2 * self.height + k - 1, 2 * self.width - 1
        # rows[p, h, v, c, j, n] = padded x[n, h, 2 j + p + v, c], p a place in a patch
        shape = (2, height, k, g.channels, self.width, len(x))
        rows = np.empty(shape, np.float32)
        for place, column in product(range(2), range(k)):
            start = place + column
            rows[place, :, column] = inner[:height, :, start : start + reach : 2]
        depth, run = k * k * g.channels, self.width * len(x)
        strides = (*rows.strides[:2], run * rows.itemsize, rows.itemsize)
        return as_strided(
            rows, (2, height - k + 1, depth, run), strides, writeable=False
        )

    def folded(self, columns: np.ndarray) -> np.ndarray:
        """The transpose of unfolding: gradients of all copies of a number add up."""
        g, k, height = self.sizes, self.sizes.kernel, 2 * self.height
        split = columns.reshape(2, height, k, k, g.channels, self.width, -1)
        rows = np.zeros((2, height + k - 1, *split.shape[3:]), np.float32)
        for row in range(k):
            rows[:, row : row + height] += split[:, :, row]
        tall, wide = g.height + sum(g.pad_down), g.width + sum(g.pad_across)
        dx = np.zeros((tall, g.channels, wide, split.shape[-1]), np.float32)
        for place, column in product(range(2), range(k)):
            start = place + column
            across = slice(start, start + 2 * self.width - 1, 2)
            dx[: height + k - 1, :, across] += rows[place, :, column]
        return unpadded(dx, g)


def slabs(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The four places of a patch, in reading order."""
    return z[0, 0::2], z[1, 0::2], z[0, 1::2], z[1, 1::2]
