"""Convolution, ReLU and 2x2 maximum pooling in one: the one place where training takes another path than the layers.

What it buys: the convolution's results come out already split by their place in a pooling patch, so that pooling is three
comparisons of whole arrays; the maximum is taken before bias and ReLU (they commute), which then touch a quarter of the
numbers; the comparisons' outcomes serve the backward pass again; and it goes by bands of rows (`pooling_band.py`), whose
numbers are in the cache still when the next operation wants them. A test holds it equal to the layers.
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
from nnlab.models.layers.shape import Flatten
from nnlab.models.pooling_band import PoolingBand, rows_per_band
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
        if isinstance(first, Conv2D) and can_fuse(layers[place : place + 3]):
            is_flattened = isinstance(layers[place + 3], Flatten) if place + 3 < len(layers) else False
            chain.append((FusedConvPool(first, first.geometry(shapes[place]), is_flattened), works[place]))
            place += 3
        else:
            chain.append((first, works[place]))
            place += 1
    return chain


def can_fuse(layers: Sequence[Layer]) -> bool:
    """Whether these are three that become one."""
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
    # Whether a flatten layer follows: what comes out is then laid into memory as that wants it, which copies nothing.
    is_flattened: bool = False

    def forward(self, x: Array, work: Workspace) -> Array:
        """Multiply, take maxima, add the bias, cut at zero."""
        count, matrix = len(x), self.conv.matrix(work)
        self._unfold(x, work)
        for band in self._bands(count, work):
            multiply(matrix, band.windows, out=band.z)
            band.pool(work.parameters["bias"])
        return self._pooled(count, work).transpose(3, 0, 2, 1)

    def backward(self, dy: Array, work: Workspace) -> Array:
        """To the winners alone, through the same matrices."""
        count, matrix = len(work.x), self.conv.matrix(work).T
        height, filters, columns = self._pooled_shape(count)
        ones, sums = work.array("ones", (columns,), fill=1.0), work.array("sums", (height, filters))
        parts = work.array("parts", (2, 2 * height, *matrix.shape))
        # From below: so the copies of a number are added up in the order of the kernel's rows.
        for band in reversed(self._bands(count, work)):
            np.matmul(band.cut(dy.transpose(1, 3, 2, 0)), ones, out=sums[band.start : band.stop])
            dz = band.share_out()
            # (k k C, F) and not its transpose: OpenBLAS is 1.4 times as fast this way round.
            np.matmul(band.windows, dz.swapaxes(2, 3), out=parts[:, 2 * band.start : 2 * band.stop])
            if work.input_gradient_wanted:
                largest = self._bands(count, work)[0].windows.shape
                self._fold_rows(multiply(matrix, dz, out=work.array("columns", largest)[:, : dz.shape[1]]), band, work)
        np.add.reduce(sums, axis=0, out=work.gradients["bias"])
        total = np.add.reduce(parts.reshape(-1, *matrix.shape), axis=0, out=work.array("total", matrix.shape))
        np.copyto(work.gradients["weight"], total.reshape(work.gradients["weight"].shape))
        return self._fold_columns(count, work) if work.input_gradient_wanted else work.x

    def _unfold(self, x: Array, work: Workspace) -> Array:
        g, count = self.geometry, len(x)
        padded = padded_input(x, g, work)
        rows = work.array("fused rows", self._rows_shape(count))
        reach = 2 * (g.out_width // 2) - 1
        for place, column in product(range(2), range(g.kernel)):
            np.copyto(rows[place, :, column], padded[: rows.shape[1], :, place + column : place + column + reach : 2])
        return rows

    def _fold_rows(self, columns: Array, band: PoolingBand, work: Workspace) -> None:
        """The transpose of taking k consecutive rows: add the gradients by a band's columns to those of the rows."""
        g, count = self.geometry, len(work.x)
        split = columns.reshape(2, columns.shape[1], g.kernel, g.kernel, g.channels, g.out_width // 2, count)
        rows = work.array("fused drows", self._rows_shape(count))
        start, stop = 2 * band.start, 2 * band.stop
        if band.stop == g.out_height // 2:
            rows[:, stop:] = 0
        np.copyto(rows[:, start:stop], split[:, :, 0])
        for row in range(1, g.kernel):
            part = rows[:, start + row : stop + row]
            np.add(part, split[:, :, row], out=part)

    def _fold_columns(self, count: int, work: Workspace) -> Array:
        """The transpose of unfolding: add up the gradients of all copies of each input number (N, H, W, C)."""
        g = self.geometry
        rows = work.array("fused drows", self._rows_shape(count))
        dx = work.array("dpadded", padded_shape(g, count))
        height, width = rows.shape[1], 2 * (g.out_width // 2)
        # The first two copies are of all even columns and of all odd ones; what they do not reach is zero until others do.
        dx[height:] = 0
        dx[:, :, width:] = 0
        for place, column in product(range(2), range(g.kernel)):
            start = place + column
            part = dx[:height, :, start : start + width - 1 : 2]
            if start == 0 or (start == 1 and column == min(g.kernel - 1, 1)):
                np.copyto(part, rows[place, :, column])
            else:
                np.add(part, rows[place, :, column], out=part)
        return inside(dx, g).transpose(3, 0, 2, 1)

    def _bands(self, count: int, work: Workspace) -> tuple[PoolingBand, ...]:
        """The rows of patches from above, in bands."""
        rows = work.array("fused rows", self._rows_shape(count))
        return work.once("bands", rows, lambda rows: self._make_bands(rows, work))

    def _make_bands(self, rows: Array, work: Workspace) -> tuple[PoolingBand, ...]:
        windows, shape = self._windows(rows), self._pooled_shape(rows.shape[-1])
        height, filters, columns = shape
        most = rows_per_band(height, 4 * filters * columns * rows.itemsize)
        kept = {name: work.array(name, shape, np.bool_) for name in ("second_wins", "fourth_wins", "lower_wins", "active")}
        kept["pooled"] = self._pooled(rows.shape[-1], work)
        z, band_shape = work.array("fused z", (2, 2 * most, filters, columns)), (most, filters, columns)
        shared = {name: work.array(f"band {name}", band_shape) for name in ("y", "d", "upper", "lower")}
        shared["zeros"] = work.array("band zeros", band_shape, fill=0.0)
        bands = []
        for start in range(0, height, most):
            stop = min(start + most, height)
            own = {name: array[start:stop] for name, array in kept.items()}
            own |= {name: array[: stop - start] for name, array in shared.items()}
            own |= {"windows": windows[:, 2 * start : 2 * stop], "z": z[:, : 2 * (stop - start)]}
            bands.append(PoolingBand(start, stop, **own))
        return tuple(bands)

    def _pooled(self, count: int, work: Workspace) -> Array:
        """What comes out, (H', F, W', N)."""
        height, filters, columns = self._pooled_shape(count)
        if self.is_flattened:
            return work.array("pooled", (height, columns // count, filters, count)).swapaxes(1, 2)
        return work.array("pooled", (height, filters, columns // count, count))

    def _rows_shape(self, count: int) -> Shape:
        g = self.geometry
        return 2, 2 * (g.out_height // 2) + g.kernel - 1, g.kernel, g.channels, g.out_width // 2, count

    def _pooled_shape(self, count: int) -> Shape:
        g = self.geometry
        return g.out_height // 2, self.conv.filters, g.out_width // 2 * count

    def _windows(self, rows: Array) -> Array:
        """k consecutive rows as one matrix, for every column place and output row: overlapping views, no copy."""
        _, height, kernel, channels, width, count = rows.shape
        shape = (2, height - kernel + 1, kernel * kernel * channels, width * count)
        run = width * count * rows.itemsize
        return as_strided(rows, shape, (rows.strides[0], rows.strides[1], run, rows.itemsize), writeable=False)
