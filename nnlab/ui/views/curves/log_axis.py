"""A logarithmic axis whose numbers never run into each other."""

import math
from collections.abc import Iterable

from nnlab.ui.views.parts.number_axis import NumberAxis
from nnlab.words import figure

_PIXELS_PER_NUMBER = 18
# From close to far apart: the first of which the two nearest numbers have room is taken, and two are there.
_DIGITS = (
    (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 5, 7),
    (1, 1.5, 2, 3, 5, 7),
    (1, 2, 5),
    (1, 3),
    (1,),
)
# How far apart, None for those without numbers, and where.
Ticks = tuple[float | None, list[float]]


class LogAxis(NumberAxis):
    """In logarithmic mode: as many of a decade's numbers, 1, 2, 5 or more or fewer, as have room; at least the decades."""

    def logTickValues(self, minVal: float, maxVal: float, size: float, stdTicks: list[Ticks]) -> list[Ticks]:
        """(spacing, positions) of the numbered ticks, then of the others."""
        room = size / max(maxVal - minVal, 1e-9)
        every = max(1, math.ceil(_PIXELS_PER_NUMBER / room))
        decades = range(math.floor(minVal), math.ceil(maxVal) + 1)

        def within(decades: Iterable[int], digits: Iterable[float]) -> list[float]:
            places = (decade + math.log10(digit) for decade in decades for digit in digits)
            return [at for at in places if minVal <= at <= maxVal]

        fitting = [digits for digits in _DIGITS if _least_step(digits) * room >= _PIXELS_PER_NUMBER] or [(1,)]
        found = [within((decade for decade in decades if decade % every == 0), digits) for digits in fitting]
        numbered = next((some for some in found if len(some) > 1), found[0])
        others = [at for at in within(decades, range(1, 10)) if at not in numbered] if every == 1 else []
        return [(1.0, numbered), (None, others)]

    def logTickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        """0.05, 0.1, 0.2; nothing at the small ticks."""
        return [figure(10**value) if spacing is not None else "" for value in values]


def _least_step(digits: tuple[float, ...]) -> float:
    """The shortest way from one number to the next, in decades."""
    return min(math.log10(after / before) for before, after in zip(digits, (*digits[1:], 10), strict=True))
