"""One confusion matrix with its numbers, small enough to stand beside another."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont

from nnlab.models.arrays import Array
from nnlab.ui.theme import Theme, heat_lut, letters_on
from nnlab.ui.views.parts.caption import Caption
from nnlab.ui.views.view import color_axis

# Beyond this many classes numbers in the cells would not be legible.
_MOST_NUMBERED = 12
_MOST_TICKS, _FEW_TICKS = 20, 4
_FONT_PIXELS = 10
_LEAST_CELL = 20


class ConfusionPlot(pg.PlotItem):
    """True classes downwards, predicted ones across; a cell is as strong as the root of its share of the row."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.invertY(True)
        self.setAspectLocked(True)
        self.setLabel("bottom", "predicted class")
        self.setLabel("left", "true class")
        self.heading = Caption()  # goes above the plot
        self.image = pg.ImageItem(axisOrder="row-major")
        self.addItem(self.image)
        self.numbers: list[pg.TextItem] = []
        self._is_named = True
        self._confusion: Array = np.empty((0, 0), int)

    def draw(self, confusion: Array, heading: str, theme: Theme) -> None:
        """A matrix (classes, classes) under a heading."""
        self._confusion, count = confusion, len(confusion)
        self.heading.show_text(heading, theme)
        share = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
        self.image.setImage(np.sqrt(share), autoLevels=False, levels=(0, 1), lut=heat_lut(theme))
        every = max(1, -(-count // (_MOST_TICKS if self._is_named else _FEW_TICKS)))
        ticks = [(index + 0.5, str(index)) for index in range(0, count, every)]
        for side in ("left", "bottom"):
            self.getAxis(side).setTicks([ticks])
            color_axis(self.getAxis(side), theme)
        self._write_numbers(share, theme)
        self.setRange(xRange=(0, count), yRange=(0, count), padding=0.01)
        self._hide_narrow_numbers()

    def show_axis_names(self, are_shown: bool) -> None:
        """Without them the matrix has their room, and is so small that few classes are named beside it."""
        self._is_named = are_shown
        for side in ("left", "bottom"):
            self.getAxis(side).showLabel(are_shown)

    def cell_at(self, position: QPointF) -> tuple[int, int] | None:
        """True and predicted class under a place of the scene."""
        if not self.getViewBox().sceneBoundingRect().contains(position):
            return None
        point = self.getViewBox().mapSceneToView(position)
        row, column = int(np.floor(point.y())), int(np.floor(point.x()))
        return (row, column) if 0 <= row < len(self._confusion) and 0 <= column < len(self._confusion) else None

    def resizeEvent(self, event: object) -> None:
        """Numbers only where they fit."""
        super().resizeEvent(event)
        # The first size comes before there is anything to show.
        if getattr(self, "numbers", None):
            self._hide_narrow_numbers()

    def _hide_narrow_numbers(self) -> None:
        count = max(len(self._confusion), 1)
        cell = min(self.getViewBox().width(), self.getViewBox().height()) / count
        for index, text in enumerate(self.numbers):
            text.setVisible(index < count**2 and cell >= _LEAST_CELL)

    def _write_numbers(self, share: Array, theme: Theme) -> None:
        count = len(share)
        wanted = count**2 if count <= _MOST_NUMBERED else 0
        font = QFont()
        font.setPixelSize(_FONT_PIXELS)
        while len(self.numbers) < wanted:
            text = pg.TextItem(anchor=(0.5, 0.5))
            text.setFont(font)
            self.addItem(text, ignoreBounds=True)
            self.numbers.append(text)
        for index, text in enumerate(self.numbers):
            if index < wanted:
                number = self._confusion.flat[index]
                text.setText(str(number) if number else "")
                text.setColor(letters_on(heat_lut(theme)[round(255 * np.sqrt(share.flat[index]))]))
                text.setPos(index % count + 0.5, index // count + 0.5)
