"""What was done by hand while it trained: a line across the plot at its step, and where there is room what was changed."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF

from nnlab.ui.theme import Theme

# Of a label's ground: what lies under it can be seen through it.
_OPACITY = 215
# Pixels around a label's words, and the most labels.
_AROUND, _MOST = 12.0, 6


class HandMarks:
    """One item for all lines. Labels are made once and used again: a slider that is drawn makes many changes."""

    def __init__(self, plot: pg.PlotItem, has_labels: bool) -> None:
        self._plot = plot
        self.lines = pg.PlotCurveItem()
        self.lines.setZValue(-5)
        plot.addItem(self.lines, ignoreBounds=True)
        self.labels: list[pg.TextItem] = []
        self._most = _MOST if has_labels else 0
        self._shown: tuple[tuple[float, str], ...] = ()
        self._theme: Theme | None = None

    def apply_theme(self, theme: Theme) -> None:
        """Lines in the accent's colour, as on the timeline."""
        self._theme = theme
        self.lines.setPen(pg.mkPen(theme.accent, width=1, style=Qt.PenStyle.DotLine))
        for label in self.labels:
            self._color(label, theme)

    def show(self, marks: Sequence[tuple[float, str]]) -> None:
        """At these places, with these words."""
        if marks or self._shown:
            self._shown = tuple(marks)
            self.place()

    def place(self) -> None:
        """From the bottom of the plot to its top, whatever its range is now."""
        low, high = self._plot.getViewBox().viewRange()[1]
        places = [place for place, _ in self._shown]
        self.lines.setData(np.repeat(places, 2), np.tile([low, high], len(places)), connect="pairs")
        chosen = self._with_room()
        while len(self.labels) < len(chosen):
            self.labels.append(self._new_label())
        for label in self.labels[len(chosen) :]:
            label.hide()
        for label, (place, words) in zip(self.labels, chosen, strict=False):
            label.setText(words)
            label.setPos(place, high)
            label.show()

    def _with_room(self) -> list[tuple[float, str]]:
        """Where labels begin that do not lie on each other, the latest first, and their words: behind their lines, or where
        these are near the end before them.
        """
        box = self._plot.getViewBox()
        left, right = box.viewRange()[0]
        # Of the scene, in which labels are measured: where it is magnified pixels of the screen are smaller.
        pixel = (right - left) / max(box.width(), 1.0)
        chosen: list[tuple[float, str]] = []
        taken: list[tuple[float, float]] = []
        for place, words in reversed(self._shown):
            width = self._width(words) * pixel
            for begin in (place, place - width):
                is_free = all(begin + width <= low or high <= begin for low, high in taken)
                if len(chosen) < self._most and is_free and left <= begin and begin + width <= right:
                    chosen.append((begin, words))
                    taken.append((begin, begin + width))
                    break
        return chosen

    def _width(self, words: str) -> float:
        return float(QFontMetricsF(self._plot.font()).horizontalAdvance(words)) + _AROUND

    def _new_label(self) -> pg.TextItem:
        label = pg.TextItem("", anchor=(0, 0))
        label.setZValue(8)
        self._plot.addItem(label, ignoreBounds=True)
        if self._theme is not None:
            self._color(label, self._theme)
        return label

    def _color(self, label: pg.TextItem, theme: Theme) -> None:
        ground = QColor(theme.surface)
        ground.setAlpha(_OPACITY)
        label.setColor(theme.text)
        label.fill = pg.mkBrush(ground)
        label.update()
