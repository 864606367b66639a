"""Convolution, ReLU and 2x2 maximum pooling in one: the one place where training takes another path than the layers.

What it buys: the convolution's results come out already split by their place in a pooling patch, so that pooling is three
comparisons of whole arrays; the maximum is taken before bias and ReLU (they commute), which then touch a quarter of the
numbers; and the comparisons' outcomes serve the backward pass again. A test holds it equal to the layers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnlab.models.arrays import Array, Shape
from nnlab.models.layers.activations import ReLU
from nnlab.models.layers.base import Layer, Workspace
from nnlab.models.layers.conv2d import Conv2D, Geometry, inside, padded_input, padded_shape
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.small_products import multiply

Chain = list[tuple[Layer, Workspace]]


def fuse(layers: Sequence[Layer], works: Sequence[Workspace], shapes: Sequence[Shape]) -> Chain:
    """Layers with their workspaces, every conv2d, relu, max_pool2d of size 2 in a row replaced by one FusedConvPool.

    shapes are the inputs' of the layers.
    """
    chain: Chain = []
    place = 0
    while place < len(layers):
        first = layers[place]
        if isinstance(first, Conv2D) and _can_fuse(layers[place : place + 3]):
            chain.append((FusedConvPool(first, first.geometry(shapes[place])), works[place]))
            place += 3
        else:
            chain.append((first, works[place]))
            place += 1
    return chain


def _can_fuse(layers: Sequence[Layer]) -> bool:
    kinds = [type(layer) for layer in layers]
    if kinds != [Conv2D, ReLU, MaxPool2D]:
        return False
    conv, _, pool = layers
    assert isinstance(conv, Conv2D)
    assert isinstance(pool, MaxPool2D)
    return conv.stride == 1 and pool.size == pool.stride == 2


@dataclass(frozen=True)
class FusedConvPool(Layer):
    """y = max over each 2x2 patch of relu(conv(x)), for stride 1.

    With p the column's and q the row's place in its patch, rows[p, h, v, c, j, n] = padded x[n, h, 2 j + p + v, c]: every
    padded row once per column place and kernel column. k consecutive rows of it are the matrix that the kernels multiply.

    z (2, 2 H', F, W' N) by p and row    slabs z[p, q::2] (H', F, W' N)    y (N, H', W', F)
    """

    conv: Conv2D
    geometry: Geometry

    def forward(self, x: Array, work: Workspace) -> Array:
        """Multiply, take maxima, add the bias, cut at zero."""
        g, count = self.geometry, len(x)
        rows = self._unfold(x, work)
        z = work.array("fused z", self._z_shape(count))
        windows = work.once("fused windows", rows, self._windows)
        multiply(self.conv.matrix(work), windows, out=z)
        first, second, third, fourth = self._slabs(z)
        # The comparisons' outcomes stay for the backward pass.
        np.greater(second, first, out=work.array("second wins", first.shape, np.bool_))
        np.greater(fourth, third, out=work.array("fourth wins", first.shape, np.bool_))
        y = np.maximum(first, second, out=work.array("fused y", first.shape))
        lower = np.maximum(third, fourth, out=work.array("lower", first.shape))
        np.greater(lower, y, out=work.array("lower wins", first.shape, np.bool_))
        np.maximum(y, lower, out=y)
        np.add(y, work.parameters["bias"][:, None], out=y)
        np.maximum(y, work.array("zeros", y.shape, fill=0.0), out=y)
        height, width = g.out_height // 2, g.out_width // 2
        return y.reshape(height, self.conv.filters, width, count).transpose(3, 0, 2, 1)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """To the winners alone, through the same matrices."""
        g, count = self.geometry, len(work.x)
        d = self._through_relu(dy, work)
        ones = work.array("ones", (d.shape[2],), fill=1.0)
        np.add.reduce(np.matmul(d, ones, out=work.array("sums", d.shape[:2])), axis=0, out=work.gradients["bias"])
        dz = work.array("fused dz", self._z_shape(count))
        self._share_out(d, dz, work)
        windows = work.once("fused windows", work.array("fused rows", self._rows_shape(count)), self._windows)
        # (k k C, F) and not its transpose: OpenBLAS is 1.4 times as fast this way round.
        parts = work.array("parts", (*windows.shape[:3], self.conv.filters))
        np.matmul(windows, dz.swapaxes(2, 3), out=parts)
        total = np.add.reduce(parts.reshape(-1, *parts.shape[2:]), axis=0, out=work.array("total", parts.shape[2:]))
        np.copyto(work.gradients["weight"], total.reshape(work.gradients["weight"].shape))
        if not work.input_gradient_wanted:
            return work.x
        columns = work.array("columns", windows.shape)
        multiply(self.conv.matrix(work).T, dz, out=columns)
        return self._fold(columns, g, work)

    def _through_relu(self, dy: Array, work: Workspace) -> Array:
        """dy where the unit was active, in memory order (H', F, W' N)."""
        y = work.y.transpose(1, 3, 2, 0)
        active = np.greater(y, 0, out=work.array("active", y.shape, np.bool_))
        d = np.multiply(dy.transpose(1, 3, 2, 0), active, out=work.array("d", y.shape))
        return d.reshape(*y.shape[:2], -1)

    def _share_out(self, d: Array, dz: Array, work: Workspace) -> None:
        """Each number's gradient: d where it won both its comparisons, else 0."""
        first, second, third, fourth = self._slabs(dz)
        shape = d.shape
        second_wins = work.array("second wins", shape, np.bool_)
        fourth_wins = work.array("fourth wins", shape, np.bool_)
        lower_wins = work.array("lower wins", shape, np.bool_)
        mask = work.array("mask", shape, np.bool_)
        np.multiply(d, np.logical_and(lower_wins, fourth_wins, out=mask), out=fourth)
        np.multiply(d, np.greater(lower_wins, fourth_wins, out=mask), out=third)
        np.multiply(d, np.less(lower_wins, second_wins, out=mask), out=second)
        np.logical_or(lower_wins, second_wins, out=mask)
        np.multiply(d, np.logical_not(mask, out=mask), out=first)

    def _unfold(self, x: Array, work: Workspace) -> Array:
        g, count = self.geometry, len(x)
        padded = padded_input(x, g, work)
        rows = work.array("fused rows", self._rows_shape(count))
        reach = 2 * (g.out_width // 2) - 1
        for place, column in product(range(2), range(g.kernel)):
            np.copyto(rows[place, :, column], padded[: rows.shape[1], :, place + column : place + column + reach : 2])
        return rows

    def _fold(self, columns: Array, g: Geometry, work: Workspace) -> Array:
        """The transpose of unfolding: add up the gradients of all copies of each input number (N, H, W, C)."""
        width = g.out_width // 2
        count = columns.shape[3] // width
        split = columns.reshape(2, columns.shape[1], g.kernel, g.kernel, g.channels, width, count)
        rows = work.array("fused drows", self._rows_shape(count))
        out_rows = split.shape[1]
        np.copyto(rows[:, :out_rows], split[:, :, 0])
        rows[:, out_rows:] = 0
        for row in range(1, g.kernel):
            part = rows[:, row : row + out_rows]
            np.add(part, split[:, :, row], out=part)
        dx = work.array("dpadded", padded_shape(g, count))
        dx.fill(0)
        reach = 2 * width - 1
        for place, column in product(range(2), range(g.kernel)):
            part = dx[: rows.shape[1], :, place + column : place + column + reach : 2]
            np.add(part, rows[place, :, column], out=part)
        return inside(dx, g).transpose(3, 0, 2, 1)

    def _rows_shape(self, count: int) -> Shape:
        g = self.geometry
        return 2, 2 * (g.out_height // 2) + g.kernel - 1, g.kernel, g.channels, g.out_width // 2, count

    def _z_shape(self, count: int) -> Shape:
        g = self.geometry
        return 2, 2 * (g.out_height // 2), self.conv.filters, g.out_width // 2 * count

    def _windows(self, rows: Array) -> Array:
        """k consecutive rows as one matrix, for every column place and output row: overlapping views, no copy."""
        _, height, kernel, channels, width, count = rows.shape
        shape = (2, height - kernel + 1, kernel * kernel * channels, width * count)
        run = width * count * rows.itemsize
        return as_strided(rows, shape, (rows.strides[0], rows.strides[1], run, rows.itemsize), writeable=False)

    def _slabs(self, z: Array) -> tuple[Array, Array, Array, Array]:
        """The four places of a patch in reading order, each (H', F, W' N)."""
        return z[0, 0::2], z[1, 0::2], z[0, 1::2], z[1, 1::2]
