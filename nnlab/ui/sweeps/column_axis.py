"""The axis of a plot on which a column lies: numbers, powers of ten, or the levels of a list."""

from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from nnlab.experiments.run_report.ticks import log_ticks, tick_text
from nnlab.ui.sweeps.column import Column
from nnlab.ui.theme import Theme
from nnlab.ui.views.parts.number_axis import NumberAxis
from nnlab.ui.views.view import color_axis

# Pixels: of the longest level beside an axis, between two below it, and that a number takes below or beside an axis.
_LONGEST, _GAP = 110.0, 10.0
_ROOM = {"bottom": 64.0, "left": 24.0}
_FEWEST = 2


class ColumnAxis(NumberAxis):
    """The plot's own coordinates are the scaled values; what is written are the values."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self._column: Column | None = None

    def show_column(self, column: Column) -> None:
        """Its name and its kind of numbers."""
        is_same = self._column is not None and self._column.name == column.name
        self._column = column
        self.whole = column.is_whole and not column.is_log
        if not is_same or self.labelText != escape(column.title):
            self.setLabel(escape(column.title))
        self.picture = None
        self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """Where numbers stand: [(spacing, places)]."""
        column = self._column
        if column is None or not maxVal > minVal or size <= 0:
            return []
        most = max(int(size / _ROOM[self.orientation]), _FEWEST)
        if column.levels:
            every = -(-len(column.levels) // most)
            return [(1.0, [float(place) for place in range(0, len(column.levels), every)])]
        if column.is_log:
            ticks = np.log10(log_ticks(10**minVal, 10**maxVal, most))
            return [(1.0, [float(tick) for tick in ticks if minVal <= tick <= maxVal])]
        found: list[tuple[float, list[float]]] = super().tickValues(minVal, maxVal, size)
        return found

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """As a person reads them; of long levels the beginning."""
        column = self._column
        if column is None:
            return []
        if column.levels:
            return [self._cut(column.levels[round(value)]) for value in values]
        if column.is_log:
            return [tick_text(float(f"{10**value:.6g}")) for value in values]
        return super().tickStrings(values, scale, spacing)

    def _cut(self, text: str) -> str:
        metrics, column = QFontMetricsF(self.style["tickFont"] or QFont()), self._column
        width = _LONGEST
        if self.orientation == "bottom" and column is not None:
            width = max(self.width() / max(len(column.levels), 1) - _GAP, 24.0)
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)

    def recolor(self, theme: Theme) -> None:
        """Line, numbers and name."""
        color_axis(self, theme)
        self.label.setDefaultTextColor(pg.mkColor(theme.muted))
