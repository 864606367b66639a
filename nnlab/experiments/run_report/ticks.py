"""Where an axis has its numbers: at steps of 1, 2 or 5, or on a logarithmic one at powers of ten and between them."""

import math

from nnlab.words import figure

_MOST = 7
_FEWEST_DECADES = 2


def linear_ticks(low: float, high: float, most: int = _MOST) -> list[float]:
    """Round numbers from low to high, at most so many."""
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return [low]
    unit = 10.0 ** math.floor(math.log10(span / most))
    step = next(unit * factor for factor in (1, 2, 5, 10, 20) if span / (unit * factor) <= most - 1)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    # Whole multiples, so that no tick is 0.30000000000000004.
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int = _MOST) -> list[float]:
    """Powers of ten from low to high, of few of them with 2 and 5 times each."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = -(-len(decades) // most)
    factors = (1, 2, 5) if len(decades) <= _FEWEST_DECADES + 1 else (1,)
    found = [float(f"{factor}e{decade}") for decade in decades[::every] for factor in factors]
    inside = [tick for tick in found if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
    return inside if len(inside) > 1 else linear_ticks(low, high, most)


def tick_text(tick: float) -> str:
    """As a person writes it."""
    return figure(tick, 6)
