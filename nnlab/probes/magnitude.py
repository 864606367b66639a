"""How large most numbers are: what a scale of colours ends at, so that the few most extreme do not leave the rest pale."""

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
    some = np.abs(numbers.ravel()[:: max(1, numbers.size // _SAMPLED)])
    finite = some[np.isfinite(some)]
    if finite.size <= _FEW:
        return float(finite.max(initial=0.0))
    # np.percentile goes between two, takes three times as long, and imports numpy.ma when it is first called.
    place = round(_COVERED_PERCENT / 100 * (finite.size - 1))
    return float(np.partition(finite, place)[place])
