"""One picture as large as there is room for, and the value of the pixel under the mouse."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from nnlab.datasets.grey_range import BYTES
from nnlab.ui.example_images import as_pixels, to_image
from nnlab.words import figure

_SIDE = 280


class PictureView(QWidget):
    """Hard pixels; `hovered` says what is under the mouse, or "" when nothing is."""

    hovered = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("The chosen example")
        self.setMouseTracking(True)
        self.setMinimumSize(QSize(_SIDE, _SIDE))
        self._picture: npt.NDArray[np.generic] = np.zeros((0, 0, 1), np.uint8)
        self._image = QImage()

    def show_picture(self, picture: npt.NDArray[np.generic], ends: tuple[float, float] = BYTES) -> None:
        """A raw picture (height, width, channels), whose ends are black and white."""
        self._picture = picture
        self._image = to_image(as_pixels(picture[None], ends)[0])
        self.hovered.emit("")
        self.update()

    def text_at(self, point: QPointF) -> str:
        """The pixel under a point of the widget, and its value in every channel."""
        height, width = self._picture.shape[:2]
        place = self._place()
        if not place.contains(point) or not place.width():
            return ""
        column = min(int((point.x() - place.left()) / place.width() * width), width - 1)
        row = min(int((point.y() - place.top()) / place.height() * height), height - 1)
        values = ", ".join(figure(value) for value in self._picture[row, column].astype(float))
        return f"row {row}, column {column}: {values}"

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the mouse."""
        self.hovered.emit(self.text_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        self.hovered.emit("")

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture at the upper left, with a thin frame: the paper of digits is as black as the dark theme."""
        painter = QPainter(self)
        place = self._place()
        if place.width():
            painter.drawImage(place, self._image)
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
            painter.drawRect(place)
        painter.end()

    def _place(self) -> QRectF:
        height, width = self._picture.shape[:2]
        if not height or not width:
            return QRectF()
        scale = min((self.width() - 1) / width, (self.height() - 1) / height)
        scale = np.floor(scale) if scale >= 1 else scale
        return QRectF(0, 0, width * scale, height * scale)
