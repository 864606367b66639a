"""A logarithmic axis whose numbers never run into each other."""

import math

import pyqtgraph as pg

_PIXELS_PER_NUMBER = 18


class LogAxis(pg.AxisItem):
    """In logarithmic mode: numbers at 1, 2, 5 of every decade or more where there is room, else at the decades alone."""

    def logTickValues(self, minVal: float, maxVal: float, size: float, stdTicks: list) -> list:
        """(spacing, positions) of the numbered ticks, then of the others."""
        room = size / max(maxVal - minVal, 1e-9)
        digits = (1, 2, 5) if room > 4 * _PIXELS_PER_NUMBER else (1,)
        digits = (1, 2, 3, 4, 5, 7) if room > 10 * _PIXELS_PER_NUMBER else digits
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
