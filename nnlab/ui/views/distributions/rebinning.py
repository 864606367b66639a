"""Shares over one range as shares over another."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt


@lru_cache(maxsize=256)
def rebinning(doublings: int, bins: int) -> npt.NDArray[np.floating]:
    """The matrix (bins, bins) that turns shares over -2^e ... 2^e into shares over -2^(e + doublings) ... 2^(e + doublings).

    Where the range grows, bins are merged and nothing is lost; where it shrinks, a bin's numbers count as evenly spread
    over it, and those outside of the new range are left out.
    """
    old = np.linspace(-1, 1, bins + 1)
    new = np.ldexp(old, doublings)
    overlap = np.minimum(old[1:, None], new[None, 1:]) - np.maximum(old[:-1, None], new[None, :-1])
    shared: npt.NDArray[np.floating] = np.clip(overlap, 0, None)
    return shared * (bins / 2)
