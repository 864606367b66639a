"""The loss of a run over its steps, as small as a word."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnlab.models.arrays import Array
from nnlab.ui.runs_panel.curve_delegate import heights
from nnlab.ui.theme import LIGHT, Theme
from nnlab.words import figure

_MARGIN = 4


class SmallCurve(QWidget):
    """From its own lowest to its own highest, by the logarithm."""

    def __init__(self) -> None:
        super().__init__()
        self.losses: Array = np.zeros(0)
        self._theme = LIGHT
        self.setFixedSize(160, 64)
        self.setAccessibleName("Loss of the trial")

    def show_losses(self, losses: Array) -> None:
        """From the first step to the last; none where there is no run."""
        self.losses = losses
        words = f"loss from {figure(losses[0])} to {figure(losses[-1])}" if len(losses) else "no steps"
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Its colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The curve on its ground."""
        box = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        points = heights(self.losses)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._theme.border), 1))
            painter.drawLine(box.bottomLeft(), box.bottomRight())
            if len(points) < 2:
                return
            across = np.linspace(box.left(), box.right(), len(points)).tolist()
            down = (box.bottom() - points * box.height()).tolist()
            painter.setPen(QPen(QColor(self._theme.accent), 1.2))
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(across, down, strict=True)]))
