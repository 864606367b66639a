"""A band on one panel: the range, a deviation around the mean, and the mean, under everything else."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnlab.models.arrays import Array
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views.curves.band import Band
from nnlab.ui.views.curves.painted_once import PaintedOnce

# Of 255: the range, and the deviation on top of it.
_RANGE_ALPHA, _DEVIATION_ALPHA = 30, 50


class BandItem(PaintedOnce):
    """Of one panel; none at first."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(-30)
        self.band: Band | None = None
        self._outer = self._inner = self._mean = QPainterPath()
        self._theme = LIGHT

    def show_band(self, band: Band | None, is_log: bool, floor: float) -> None:
        """This one, or none, on an axis of this kind."""
        self.band = band if band is not None and len(band.x) > 1 else None
        self._outer = self._inner = self._mean = QPainterPath()
        if self.band is not None:
            x = self.band.x

            def height(values: Array) -> Array:
                """As the axis has them."""
                return np.log10(np.maximum(values, floor)) if is_log else values

            self._outer = _area(x, height(self.band.low), height(self.band.high))
            self._inner = _area(x, *map(height, self.band.inner))
            self._mean = pg.arrayToQPath(x, height(self.band.mean))
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Its colour."""
        if theme is not self._theme:
            self._theme = theme
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Two areas and a line; of validation it is dashed, as everywhere."""
        if self.band is None:
            return
        for area, alpha in ((self._outer, _RANGE_ALPHA), (self._inner, _DEVIATION_ALPHA)):
            color = QColor(self._theme.muted)
            color.setAlpha(alpha)
            painter.fillPath(area, color)
        style = Qt.PenStyle.DashLine if self.band.line == "validation" else Qt.PenStyle.SolidLine
        painter.setPen(pg.mkPen(self._theme.muted, width=1, style=style))
        painter.drawPath(self._mean)


def _area(x: Array, low: Array, high: Array) -> QPainterPath:
    around = np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]])
    path: QPainterPath = pg.arrayToQPath(*map(np.ascontiguousarray, around))
    path.closeSubpath()
    return path
