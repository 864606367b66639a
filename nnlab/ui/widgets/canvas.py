"""The surface plots stand on, painted without holding up the training."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt
from PySide6.QtWidgets import QGraphicsView

# A point of the scene at which there is nothing: what hovering has shown goes away.
NOWHERE = QPointF(-1, -1)


class Canvas(pg.GraphicsLayoutWidget):
    """pyqtgraph's, but for how it is painted.

    Its paintEvent is written in Python, so that Python's lock is held while Qt paints everything; with Qt's own paintEvent
    the training goes on meanwhile. What pyqtgraph does before painting is done when the event arrives.
    """

    paintEvent = QGraphicsView.paintEvent

    def __init__(self) -> None:
        super().__init__()
        # Tab passes by what keys can do nothing with; see keyboard_pointer.py.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.viewport().installEventFilter(self)

    def sizeHint(self) -> QSize:
        """As little as it can be read at: Qt's own would be the size that it happens to have."""
        size: QSize = self.minimumSize()
        return size

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Bring ranges and transforms up to date before painting; tell when the mouse has left."""
        if event.type() == QEvent.Type.Paint:
            self.scene().prepareForPaint()
        elif event.type() == QEvent.Type.Leave:
            self.scene().sigMouseMoved.emit(NOWHERE)
        return False
