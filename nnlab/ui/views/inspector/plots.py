"""Small plots for the inspector: a histogram, a line of values, bars of classes."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF

from nnlab.ui.views.inspector.picture_boxes import Painted, small_font
from nnlab.words import figure, percent, signed


class Bars(Painted):
    """A histogram: one bar per bin, its range below, and where the present value falls."""

    def __init__(self, name: str, height: int = 64) -> None:
        super().__init__(name, height)
        self.counts: np.ndarray = np.zeros(0, int)
        self.range = (0.0, 1.0)
        self.value = float("nan")

    def show_values(self, values: np.ndarray, value: float, bins: int = 24) -> None:
        """Count the finite values."""
        finite = values[np.isfinite(values)]
        self.value = value
        if finite.size:
            low, high = float(finite.min()), float(finite.max())
            # All in one place is one bar, not a division by nothing.
            high = high if high - low > 1e-12 * max(abs(low), abs(high), 1e-300) else low + max(abs(low), 1.0)
            self.counts, self.range = np.histogram(finite, bins, (low, high))[0], (low, high)
        else:
            self.counts = np.zeros(0, int)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars from the left to the right end of the range."""
        painter = QPainter(self)
        if not len(self.counts):
            return
        area = QRectF(0, 2, self.width(), self.height() - 20)
        width = area.width() / len(self.counts)
        for index, count in enumerate(self.counts):
            if count:
                # Even a single example can be seen.
                height = max(area.height() * count / self.counts.max(), 2)
                painter.fillRect(
                    QRectF(area.x() + index * width, area.bottom() - height, width - 1, height), QColor(self.theme.ink)
                )
        low, high = self.range
        if low <= self.value <= high:
            x = area.x() + (self.value - low) / (high - low) * (area.width() - 2) + 1
            painter.setPen(QPen(QColor(self.theme.text), 2))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(QColor(self.theme.muted))
        painter.setFont(small_font(self.font()))
        below = QRectF(0, self.height() - 17, self.width(), 16)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, figure(low, 3))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, figure(high, 3))


class Sparkline(Painted):
    """Values over steps, with the least and the largest beside it."""

    def __init__(self, name: str, height: int = 64) -> None:
        super().__init__(name, height)
        self.points: list[tuple[float, float]] = []

    def show_points(self, points: Sequence[tuple[float, float]]) -> None:
        """Steps and values."""
        self.points = [point for point in points if np.isfinite(point[1])]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """One line, a dot at its end."""
        painter = QPainter(self)
        if not self.points:
            return
        painter.setFont(small_font(self.font()))
        x, y = np.array(self.points).T
        low, high = float(y.min()), float(y.max())
        numbers = max(_widest(painter, (signed(low), signed(high))), 66)
        area = QRectF(2, 6, self.width() - numbers - 8, self.height() - 12)
        across = (
            (x - x[0]) / max(float(x[-1] - x[0]), 1e-12) * area.width() if x[-1] > x[0] else np.full_like(x, area.width())
        )
        up = (y - low) / (high - low) * area.height() if high > low else np.full_like(y, area.height() / 2)
        painter.setPen(QPen(QColor(self.theme.ink), 1))
        line = QPolygonF([QPointF(area.x() + a, area.bottom() - u) for a, u in zip(across, up, strict=True)])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPolyline(line)
        painter.setBrush(QColor(self.theme.ink))
        painter.drawEllipse(line.at(len(self.points) - 1), 2.5, 2.5)
        painter.setPen(QColor(self.theme.muted))
        beside = QRectF(self.width() - numbers, 0, numbers, self.height())
        painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, signed(high))
        if high > low:
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, signed(low))


class ClassBars(Painted):
    """The largest outputs with their classes; the true class stands out."""

    def __init__(self, name: str, rows: int = 10) -> None:
        super().__init__(name, 18 * rows)
        self.rows: list[tuple[str, float, bool]] = []
        self.are_probabilities = True

    def show_rows(self, rows: Sequence[tuple[str, float, bool]], are_probabilities: bool) -> None:
        """(class, output, whether it is the true one), from above."""
        self.rows, self.are_probabilities = list(rows), are_probabilities
        if self._height != 18 * len(self.rows):
            self._height = 18 * len(self.rows)
            self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Name, bar, number."""
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        names = min(max((metrics.horizontalAdvance(name) for name, *_ in self.rows), default=0), 110) + 8
        texts = [percent(value) if self.are_probabilities else signed(value) for _, value, _ in self.rows]
        numbers = max(_widest(painter, texts), 62)
        for index, (name, value, is_true) in enumerate(self.rows):
            y, color = 18 * index, QColor(self.theme.ink if is_true else self.theme.faint_ink)
            painter.setPen(QColor(self.theme.text))
            font = painter.font()
            font.setBold(is_true)
            painter.setFont(font)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names - 6)
            painter.drawText(QRectF(0, y, names, 18), Qt.AlignmentFlag.AlignVCenter, shown)
            font.setBold(False)
            painter.setFont(font)
            end = self.width() - numbers
            if self.are_probabilities and np.isfinite(value):
                painter.fillRect(QRectF(names, y + 5, end - names, 8), QColor(self.theme.hover))
                painter.fillRect(QRectF(names, y + 5, (end - names) * min(max(value, 0.0), 1.0), 8), color)
            painter.setPen(QColor(self.theme.text))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(end, y, numbers, 18), right, texts[index])


def _widest(painter: QPainter, texts: Sequence[str]) -> int:
    """Pixels for the widest of these."""
    return max((painter.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
