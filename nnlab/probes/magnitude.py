"""How large most numbers are: what a scale of colours ends at, so that the few most extreme do not leave the rest pale."""

import math

import numpy as np

from nnlab.models.arrays import Array

# Of the finite ones.
_COVERED_PERCENT = 99.5
# Of more numbers evenly spread ones stand for all.
_SAMPLED = 20_000
# Of fewer each can be seen.
_FEW = 500


def magnitude(numbers: Array) -> float:
    """The absolute value that nearly all of the finite numbers do not exceed: one of theirs, of few ones the largest, of
    none 0.
    """
    some = np.abs(numbers.ravel()[:: _stride(numbers)])
    finite = some[np.isfinite(some)]
    if finite.size <= _FEW:
        return float(finite.max(initial=0.0))
    # np.percentile goes between two, takes three times as long, and imports numpy.ma when it is first called.
    place = round(_COVERED_PERCENT / 100 * (finite.size - 1))
    return float(np.partition(finite, place)[place])


def _stride(numbers: Array) -> int:
    """Prime to every axis: of pictures it sees all columns, and not their border alone."""
    stride = max(1, numbers.size // _SAMPLED)
    while any(math.gcd(stride, axis) > 1 for axis in numbers.shape):
        stride += 1
    return stride
