"""Laying a canvas out at once, as it would be after it was painted some times."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

# A plot whose size goes by how wide its axis has become is laid out once more, and the axis after it.
_ROUNDS = 3


def settle(canvas: pg.GraphicsLayoutWidget) -> None:
    """What a new size or the first numbers ask for is done; the window's own layouts wait, which would take a size back."""
    nowhere = QImage(1, 1, QImage.Format.Format_ARGB32)
    inner = [item for item in canvas.scene().items() if isinstance(item, pg.GraphicsLayout | pg.PlotItem)]
    for _ in range(_ROUNDS):
        # The outermost first: an inner one is laid out in the room that it was given.
        canvas.ci.layout.activate()
        for item in reversed(inner):
            item.layout.activate()
        canvas.scene().prepareForPaint()
        # An axis knows how wide its numbers are when it was painted.
        painter = QPainter(nowhere)
        canvas.render(painter, QRectF(0, 0, 1, 1), canvas.viewport().rect())
        painter.end()
