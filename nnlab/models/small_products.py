"""Many matrix products with one small matrix, in pieces that BLAS computes where the numbers lie."""

from functools import lru_cache

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.sigmoid import has_wide_registers

# OpenBLAS copies both matrices into an order of its own before it multiplies, except, on 512-bit registers, in products of
# at most so many multiplications. Where one of the matrices is small - few filters - copying takes as long as the product:
# 32 filters of 144 numbers over 20 rows of 320 columns take 684 us whole and 410 us in pieces, and give the same bits.
_MOST_MULTIPLICATIONS = 1_000_000
# Narrower pieces leave registers empty.
_LEAST_COLUMNS = 64


def multiply(matrix: Array, many: Array, out: Array) -> Array:
    """out = matrix @ each of many.

    matrix (M, K)    many (..., K, N)    out (..., M, N)
    """
    pieces = _pieces(many.shape[-1], matrix.size)
    if pieces > 1:
        np.matmul(matrix, _in_pieces(many, pieces), out=_in_pieces(out, pieces))
        return out
    return np.matmul(matrix, many, out=out)


@lru_cache
def _pieces(columns: int, multiplications: int) -> int:
    """Into how many equal pieces to cut so many columns, each of which takes part in so many multiplications."""
    if not has_wide_registers() or columns * multiplications <= _MOST_MULTIPLICATIONS:
        return 1
    fitting = (pieces for pieces in range(2, columns // _LEAST_COLUMNS + 1) if columns % pieces == 0)
    return next((pieces for pieces in fitting if columns // pieces * multiplications <= _MOST_MULTIPLICATIONS), 1)


def _in_pieces(many: Array, pieces: int) -> Array:
    """(..., K, N) as (..., pieces, K, N / pieces), a view."""
    return np.swapaxes(many.reshape(*many.shape[:-1], pieces, -1), -3, -2)
