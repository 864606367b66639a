"""A run's colour, as its curves have it."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

_SIDE = 12


class ColorDot(QWidget):
    """A small square that stands before a name."""

    def __init__(self) -> None:
        super().__init__()
        self._color = QColor()
        self.setFixedSize(_SIDE, _SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_color(self, color: QColor) -> None:
        """Another run."""
        self._color = color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing but the colour."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._color)


def color_icon(color: QColor) -> QIcon:
    """The same for a button or the head of a column."""
    picture = QPixmap(QSize(_SIDE, _SIDE))
    picture.fill(color)
    return QIcon(picture)
