"""Some rows of 2x2 pooling patches: as many as stay in a core's cache from the product to the maximum and back."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array

# So many bytes of a convolution's results at a time: 128 pictures of 28x28 through 8 filters, forward and back, take 1.3 ms
# instead of 2.0 with all rows at once. Smaller bands cost more in calls than they save.
_BYTES = 400_000


def rows_per_band(height: int, row_bytes: int) -> int:
    """How many of all rows of patches to take at a time, where the results of each take so many bytes."""
    bands = max(round(height * row_bytes / _BYTES), 1)
    return -(-height // bands)


@dataclass(frozen=True)
class PoolingBand:
    """Rows `start` to `stop`, b of them, of the patches, and the parts of the layer's arrays that belong to them.

    windows (2, 2 b, k k C, W' N)    z (2, 2 b, F, W' N)    pooled (b, F, W', N)    the others (b, F, W' N)

    z and what follows serve every band in turn, z for the convolution's results and then for the gradient by them.
    """

    start: int
    stop: int
    windows: Array
    pooled: Array
    second_wins: Array
    fourth_wins: Array
    lower_wins: Array
    active: Array
    z: Array
    y: Array
    d: Array
    upper: Array
    lower: Array
    zeros: Array

    def pool(self, bias: Array) -> None:
        """pooled = max(0, the largest of each patch + bias). What the comparisons gave stays for the backward pass."""
        first, second, third, fourth = self._slabs()
        np.greater(second, first, out=self.second_wins)
        np.greater(fourth, third, out=self.fourth_wins)
        upper, lower = np.maximum(first, second, out=self.y), np.maximum(third, fourth, out=self.lower)
        np.greater(lower, upper, out=self.lower_wins)
        np.maximum(upper, lower, out=self.y)
        np.add(self.y, bias[:, None], out=self.y)
        np.greater(self.y, 0, out=self.active)
        shape = self.pooled.shape
        np.maximum(self.y.reshape(shape), self.zeros.reshape(shape), out=self.pooled)

    def cut(self, dy: Array) -> Array:
        """d = dy where the unit was active, of all rows' dy (H', F, W', N), in whatever order that lies in memory."""
        # First in our order: a product of what lies otherwise and of truth values is slower than both.
        np.copyto(self.d.reshape(len(self.d), *dy.shape[1:]), dy[self.start : self.stop])
        return np.multiply(self.d, self.active, out=self.d)

    def share_out(self) -> Array:
        """z = each number's gradient: d where it won both its comparisons, else 0."""
        first, second, third, fourth = self._slabs()
        # What one of two did not win the other did: a difference is faster than another product with truth values.
        lower = np.multiply(self.d, self.lower_wins, out=self.lower)
        upper = np.subtract(self.d, lower, out=self.upper)
        np.subtract(lower, np.multiply(lower, self.fourth_wins, out=fourth), out=third)
        np.subtract(upper, np.multiply(upper, self.second_wins, out=second), out=first)
        return self.z

    def _slabs(self) -> tuple[Array, Array, Array, Array]:
        """The four places of a patch in reading order, each (b, F, W' N)."""
        return self.z[0, 0::2], self.z[1, 0::2], self.z[0, 1::2], self.z[1, 1::2]
