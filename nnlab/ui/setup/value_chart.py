"""How the values of the inputs are spread: a small histogram."""

import numpy as np
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette

from nnlab.datasets.summary import Summary
from nnlab.ui.widgets.hover_text import HoverText
from nnlab.words import figure, percent

_BARS = 26
_TEXT = 16


class ValueChart(HoverText):
    """Bars as high as the root of their share: most pixels of most pictures are empty, and would hide the others."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Histogram of the input values")
        self._edges, self._shares, self._reach = np.zeros(1), np.zeros(0), (0.0, 0.0)
        self.setFixedHeight(_BARS + _TEXT)

    def show_summary(self, summary: Summary) -> None:
        """The spread of a dataset's values."""
        self._edges, self._shares, self._reach = summary.edges, summary.shares, summary.reach
        self.setVisible(bool(self._shares.any()))
        self.update()

    def text_at(self, position: QPoint) -> str:
        """The range under a point of the widget, and its share."""
        count = len(self._shares)
        place = int(position.x() * count / max(self.width(), 1))
        if not 0 <= place < count:
            return ""
        low, high = (figure(edge, 6) for edge in self._edges[place : place + 2])
        return f"{low} … {high}: {percent(self._shares[place])} of the input values"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars on a line, the range below."""
        painter = QPainter(self)
        count = len(self._shares)
        step = self.width() / max(count, 1)
        heights = np.sqrt(self._shares / max(self._shares.max(initial=0.0), 1e-12)) * (_BARS - 2)
        color = self.palette().color(QPalette.ColorRole.PlaceholderText)
        for index, height in enumerate(heights):
            painter.fillRect(QRectF(index * step, _BARS - height, max(step - 1, 1.0), height), color)
        painter.fillRect(QRectF(0, _BARS, self.width(), 1), self.palette().color(QPalette.ColorRole.Mid))
        painter.setPen(color)
        line = QRectF(0, _BARS, self.width(), _TEXT)
        for text, side in (
            (figure(self._reach[0], 3), Qt.AlignmentFlag.AlignLeft),
            ("input values", Qt.AlignmentFlag.AlignHCenter),
            (figure(self._reach[1], 3), Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(line, side | Qt.AlignmentFlag.AlignBottom, text)
        painter.end()
