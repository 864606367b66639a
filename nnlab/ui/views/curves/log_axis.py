"""A logarithmic axis whose numbers never run into each other."""

import math

from nnlab.ui.views.parts.number_axis import NumberAxis

_PIXELS_PER_NUMBER = 18
# From close to far apart: the first of which the two nearest numbers have room is taken.
_DIGITS = ((1, 2, 3, 4, 5, 7), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,))
# How far apart, None for those without numbers, and where.
Ticks = tuple[float | None, list[float]]


class LogAxis(NumberAxis):
    """In logarithmic mode: as many of a decade's numbers, 1, 2, 5 or more or fewer, as have room; at least the decades."""

    def logTickValues(self, minVal: float, maxVal: float, size: float, stdTicks: list[Ticks]) -> list[Ticks]:
        """(spacing, positions) of the numbered ticks, then of the others."""
        room = size / max(maxVal - minVal, 1e-9)
        digits = next((some for some in _DIGITS if _least_step(some) * room >= _PIXELS_PER_NUMBER), (1,))
        every = max(1, math.ceil(_PIXELS_PER_NUMBER / room))
        decades = range(math.floor(minVal), math.ceil(maxVal) + 1)
        numbered = [decade + math.log10(digit) for decade in decades if decade % every == 0 for digit in digits]
        others = [decade + math.log10(digit) for decade in decades for digit in range(1, 10)] if every == 1 else []
        numbered = [at for at in numbered if minVal <= at <= maxVal]
        others = [at for at in others if minVal <= at <= maxVal and at not in numbered]
        return [(1.0, numbered), (None, others)]

    def logTickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        """0.05, 0.1, 0.2; nothing at the small ticks."""
        return [f"{10**value:g}" if spacing is not None else "" for value in values]


def _least_step(digits: tuple[float, ...]) -> float:
    """The shortest way from one number to the next, in decades."""
    return min(math.log10(after / before) for before, after in zip(digits, (*digits[1:], 10), strict=True))
