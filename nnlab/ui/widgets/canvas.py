"""The surface plots stand on, painted without holding up the training."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QResizeEvent, QTransform
from PySide6.QtWidgets import QGraphicsView

# A point of the scene at which there is nothing: what hovering has shown goes away.
NOWHERE = QPointF(-1, -1)


class Canvas(pg.GraphicsLayoutWidget):
    """pyqtgraph's, but for how it is painted.

    Its paintEvent is written in Python, so that Python's lock is held while Qt paints everything; with Qt's own paintEvent
    the training goes on meanwhile. What pyqtgraph does before painting is done when the event arrives.
    """

    paintEvent = QGraphicsView.paintEvent

    _factor = 1.0

    def __init__(self) -> None:
        super().__init__()
        # Tab passes by what keys can do nothing with; see keyboard_pointer.py.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.viewport().installEventFilter(self)

    def sizeHint(self) -> QSize:
        """As little as it can be read at: Qt's own would be the size that it happens to have."""
        size: QSize = self.minimumSize()
        return size

    @property
    def room(self) -> QSizeF:
        """What there is to draw on, in the units of the scene: pixels, or larger where it is magnified."""
        return QSizeF(self.size()) / self._factor

    def magnify(self, factor: float) -> None:
        """Draw everything so many times as large, in a scene that is so much smaller."""
        if factor != self._factor:
            self._factor = factor
            # Not pyqtgraph's own, which would have the scene as large as the widget.
            self.autoPixelRange = factor == 1
            self._follow_size()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The scene fills the widget."""
        if self._factor == 1:
            super().resizeEvent(event)
        elif not self.closed:
            self._follow_size()

    def updateMatrix(self, propagate: bool = True) -> None:
        """The scene as large as it is to be seen."""
        super().updateMatrix(propagate)
        if self._factor != 1:
            self.setTransform(QTransform.fromScale(self._factor, self._factor))

    def _follow_size(self) -> None:
        pg.GraphicsView.setRange(
            self, QRectF(0, 0, self.room.width(), self.room.height()), padding=0, disableAutoPixel=False
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Bring ranges and transforms up to date before painting; tell when the mouse has left."""
        if event.type() == QEvent.Type.Paint:
            self.scene().prepareForPaint()
        elif event.type() == QEvent.Type.Leave:
            self.scene().sigMouseMoved.emit(NOWHERE)
        return False
