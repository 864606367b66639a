"""Small pictures for the inspector: one alone, or a few in a row. A click says which pixel, or which picture."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnlab.ui.theme import LIGHT, Theme


class Painted(QWidget):
    """A widget of a fixed height that paints itself in a theme's colours."""

    def __init__(self, name: str, height: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.theme: Theme = LIGHT
        self._height = height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as it may be."""
        return QSize(120, self._height)

    def minimumSizeHint(self) -> QSize:
        """As narrow as need be."""
        return QSize(40, self._height)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.theme = theme
        self.update()


class PictureBox(Painted):
    """A picture as large as there is room for, with sharp pixels; a click says which pixel."""

    clicked = Signal(int, int)  # row, column

    def __init__(self, name: str, height: int = 120) -> None:
        super().__init__(name, height)
        self.image: QImage | None = None
        self.mark: tuple[int, int] | None = None  # row, column
        self._largest = height

    def show_image(self, image: QImage | None, mark: tuple[int, int] | None = None) -> None:
        """Another picture, perhaps with one pixel outlined."""
        self.image, self.mark = image, mark
        self._fit_height()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A flat picture needs less height."""
        super().resizeEvent(event)
        self._fit_height()

    def frame(self) -> QRectF:
        """Where the picture lies."""
        assert self.image is not None
        scale = min((self.width() - 2) / self.image.width(), (self.height() - 2) / self.image.height())
        width, height = self.image.width() * scale, self.image.height() * scale
        return QRectF(1, 1, width, height)

    def _fit_height(self) -> None:
        if self.image is None:
            return
        height = min(self._largest, max(18, round(self.width() * self.image.height() / self.image.width())))
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, its outline and the mark."""
        if self.image is None:
            return
        painter, rect = QPainter(self), self.frame()
        painter.drawImage(rect, self.image)
        painter.setPen(QPen(QColor(self.theme.border), 1))
        painter.drawRect(rect)
        if self.mark is not None:
            side = rect.width() / self.image.width()
            painter.setPen(QPen(QColor(self.theme.text), 2))
            painter.drawRect(QRectF(rect.x() + self.mark[1] * side, rect.y() + self.mark[0] * side, side, side))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Which pixel."""
        if self.image is None or not self.frame().contains(event.position()):
            return
        rect, point = self.frame(), event.position()
        column = int((point.x() - rect.x()) / rect.width() * self.image.width())
        row = int((point.y() - rect.y()) / rect.height() * self.image.height())
        self.clicked.emit(min(row, self.image.height() - 1), min(column, self.image.width() - 1))


class PictureRow(Painted):
    """A few pictures side by side, each with a number below; a click says which."""

    clicked = Signal(int)

    def __init__(self, name: str, height: int = 70) -> None:
        super().__init__(name, height)
        self.images: list[QImage] = []
        self.texts: list[str] = []

    def show_images(self, images: Sequence[QImage], texts: Sequence[str]) -> None:
        """Other pictures; without pictures the texts alone."""
        self.images, self.texts = list(images), list(texts)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures above, numbers below."""
        painter = QPainter(self)
        painter.setFont(small_font(self.font()))
        for index, text in enumerate(self.texts):
            rect = self._slot(index)
            if index < len(self.images):
                side = min(rect.width() - 6, rect.height() - 18)
                image = self.images[index]
                scale = side / max(image.width(), image.height())
                painter.drawImage(QRectF(rect.x(), rect.y(), image.width() * scale, image.height() * scale), image)
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Which one."""
        for index in range(len(self.texts)):
            if self._slot(index).contains(event.position()):
                self.clicked.emit(index)

    def _slot(self, place: int) -> QRectF:
        width = self.width() / max(len(self.texts), 1)
        return QRectF(place * width, 0, width, self.height())


def small_font(font: QFont) -> QFont:
    """A little smaller than text."""
    made = QFont(font)
    made.setPixelSize(11)
    return made
