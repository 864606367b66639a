"""Convolution."""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .base import Layer
from .rows import Geometry, padded, unpadded


class Conv2D(Layer):
    """Convolution, as neural networks call it (a cross-correlation).

    y[n, i, j, f] = b[f] + sum_uvc x[n, s i + u - p, s j + v - p, c] W[u, v, c, f]

    x (batch, H, W, C)    W (k, k, C, F)    b (F,)    y (batch, H', W', F)
    s the stride, p the padding    H' = floor((H + padding - k) / s) + 1

    Every row is copied once per kernel column; k consecutive rows of the copy are the
    (k k C, W' N) matrix that the kernels multiply: one product per output row.
    """

    def __init__(
        self, name: str, sizes: Geometry, filters: int, start: Callable[..., np.ndarray]
    ) -> None:
        super().__init__(name)
        k, channels = sizes.kernel, sizes.channels
        self.shapes = {"weight": (k, k, channels, filters), "bias": (filters,)}
        self.sizes, self.filters, self.start = sizes, filters, start

    def initialize(self, rng: np.random.Generator) -> None:
        """Weights by the rule, biases zero."""
        weight, area = self.values["weight"], self.sizes.kernel * self.sizes.kernel
        inputs, outputs = area * self.sizes.channels, area * self.filters
        weight[...] = self.start(weight.shape, inputs, outputs, rng)

    def forward(self, x: np.ndarray, step: int | None) -> np.ndarray:
        """One matrix product per output row."""
        g, count = self.sizes, len(x)
        self.windows = self.unfolded(x)
        matrix = self.values["weight"].reshape(-1, self.filters).T
        z = np.empty((g.out_height, self.filters, g.out_width * count), np.float32)
        np.matmul(matrix, self.windows, out=z)
        z += self.values["bias"][:, None]
        y = z.reshape(g.out_height, self.filters, g.out_width, count)
        return y.transpose(3, 0, 2, 1)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dW = windows dz^T, summed over rows; dx goes back where windows came from."""
        g = self.sizes
        inner = np.ascontiguousarray(dy.transpose(1, 3, 2, 0))
        dz = inner.reshape(g.out_height, self.filters, -1)
        parts = np.matmul(self.windows, dz.transpose(0, 2, 1))
        gradient = self.gradients["weight"]
        gradient[...] = parts.sum(axis=0).reshape(gradient.shape)
        sums = np.matmul(dz, np.ones(dz.shape[2], np.float32))
        np.add.reduce(sums, axis=0, out=self.gradients["bias"])
        if self.is_first:
            return dy
        matrix = self.values["weight"].reshape(-1, self.filters).T
        columns = np.empty(self.windows.shape, np.float32)
        return self.folded(np.matmul(matrix.T, dz, out=columns))

    def unfolded(self, x: np.ndarray) -> np.ndarray:
        """k consecutive rows as one matrix, for every output row (H', k k C, W' N)."""
        g, inner = self.sizes, padded(x, self.sizes)
        height, channels, _, count = inner.shape
        # rows[h, v, c, j, n] = padded x[n, h, s j + v, c]
        rows = np.empty((height, g.kernel, channels, g.out_width, count), np.float32)
        reach = g.stride * (g.out_width - 1) + 1
        for column in range(g.kernel):
            rows[:, column] = inner[:, :, column : column + reach : g.stride]
        depth, width = g.kernel * g.kernel * channels, g.out_width * count
        strides = (g.stride * rows.strides[0], width * rows.itemsize, rows.itemsize)
        return as_strided(rows, (g.out_height, depth, width), strides, writeable=False)

    def folded(self, columns: np.ndarray) -> np.ndarray:
        """The transpose of unfolding: gradients of all copies of a number add up."""
        g, k = self.sizes, self.sizes.kernel
        split = columns.reshape(g.out_height, k, k, g.channels, g.out_width, -1)
        height, width = g.height + sum(g.pad_down), g.width + sum(g.pad_across)
        rows = np.zeros((height, *split.shape[2:]), np.float32)
        down = g.stride * (g.out_height - 1) + 1
        for row in range(k):
            rows[row : row + down : g.stride] += split[:, row]
        dx = np.zeros((height, g.channels, width, split.shape[-1]), np.float32)
        across = g.stride * (g.out_width - 1) + 1
        for column in range(k):
            dx[:, :, column : column + across : g.stride] += rows[:, column]
        return unpadded(dx, g)
