"""An axis whose numbers never run into each other, and are whole where nothing lies between two of them."""

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsSceneResizeEvent

from nnlab.words import figure

# Free pixels between two numbers: beside each other, and above each other.
_GAPS = {"bottom": 16, "top": 16, "left": 5, "right": 5}
# Smaller numbers with more decimals than that have an exponent.
_SMALL, _MOST_PLACES = 0.01, 4
_AROUND_TITLE = 8  # pixels
_BEYOND = 24  # pixels by which the first and last number may stand out over the ends of the axis

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class NumberAxis(pg.AxisItem):
    """One level of ticks at 1, 2 or 5 times a power of ten, as close as their numbers allow; `whole` for steps.

    A title beside an axis that is shorter than it stands in two lines.
    """

    _written = ""

    def __init__(self, orientation: str, whole: bool = False, gap: int = 0) -> None:
        """gap: pixels between two numbers, where it is not to be the least"""
        super().__init__(orientation)
        self.whole, self._gap = whole, gap or _GAPS[orientation]
        # Beyond these there are no numbers, also where the axis has room behind the last: no accuracy is 1.02.
        self.bounds = (-math.inf, math.inf)
        self.is_share = False  # whether 0.9 is written as 90%
        # By default pyqtgraph hides them: an axis of one step would have no number at all.
        self.setStyle(hideOverlappingLabels=_BEYOND)

    def labelString(self) -> str:
        """The title as HTML."""
        written, title = super().labelString(), self.labelText
        room = self.size().height() - _AROUND_TITLE
        if self.orientation in ("left", "right") and 0 < room < QFontMetricsF(self.label.font()).horizontalAdvance(title):
            spaces = [place for place, letter in enumerate(title) if letter == " "]
            if spaces:
                middle = min(spaces, key=lambda place: abs(place - len(title) / 2))
                return str(written).replace(f">{title}", f">{title[:middle]}<br>{title[middle + 1 :]}")
        return str(written)

    def setLabel(self, *words: Any, **named: Any) -> None:
        """The title, in the middle of the axis: pyqtgraph leaves a longer one where a shorter one began."""
        super().setLabel(*words, **named)
        self.resizeEvent()

    def resizeEvent(self, event: QGraphicsSceneResizeEvent | None = None) -> None:
        """It may be too short for its title now, or long enough."""
        if self.label is not None and (written := self.labelString()) != self._written:
            self._written = written
            self._updateLabel()
        super().resizeEvent(event)

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        """[(spacing, 0)]: the smallest spacing at which the numbers have room."""
        span = maxVal - minVal
        if not (math.isfinite(span) and span > 0 and size > 0):
            return []
        exponent = math.floor(math.log10(span)) - 3
        spacings = (float(f"{digit}e{power}") for power in range(exponent, exponent + 6) for digit in (1, 2, 5))
        wide = [spacing for spacing in spacings if spacing >= 1 or not self.whole]
        fitting = (spacing for spacing in wide if spacing / span * size >= self._room(minVal, maxVal, spacing))
        return [(next(fitting, max(wide, default=1.0)), 0.0)]

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """[(spacing, positions)], within the bounds."""
        low, high = self.bounds
        beyond = 1e-9 * (maxVal - minVal)
        levels = super().tickValues(minVal, maxVal, size)
        return [(spacing, [at for at in places if low - beyond <= at <= high + beyond]) for spacing, places in levels]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Thousands apart, and with as many digits as tell them apart."""
        if self.logMode:
            texts: list[str] = super().tickStrings(values, scale, spacing)
            return texts
        places = 0 if self.whole else max(0, -math.floor(math.log10(spacing * scale) + 1e-9))
        numbers = [value * scale + 0.0 for value in values]
        if self.is_share:
            return [f"{100 * number:.{max(0, places - 2)}f}%".replace("-", "−") for number in numbers]
        if places > _MOST_PLACES and max(map(abs, numbers), default=0) < _SMALL:
            return [figure(number) for number in numbers]
        return [f"{number:,.{places}f}".replace("-", "−") for number in numbers]

    def _room(self, low: float, high: float, spacing: float) -> float:
        """Pixels that a number takes, with the gap to the next."""
        metrics = QFontMetricsF(self.style["tickFont"] or QFont())
        if self.orientation in ("left", "right"):
            return metrics.height() + self._gap
        ends = [math.floor(end / spacing) * spacing for end in (low, high)]
        return max(map(metrics.horizontalAdvance, self.tickStrings(ends, 1.0, spacing))) + self._gap


class PowerAxis(NumberAxis):
    """Of a plot whose numbers are exponents: 10⁻³ at -3."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, whole=True)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Powers of ten."""
        return [power_text(round(value * scale)) for value in values]


def power_text(exponent: int) -> str:
    """10⁻³ for -3, 1 for 0."""
    return f"10{str(exponent).translate(_RAISED)}" if exponent else "1"
