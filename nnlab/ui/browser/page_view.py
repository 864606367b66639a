"""A page of pictures with their captions, painted from one image; the mouse and the keyboard go through them."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnlab.ui.example_images import Pixels, column_of

_SMALLEST, _LARGEST = 56, 112
_GAP = 10
_CAPTION = 18
_MARGIN = 6


class PageView(QWidget):
    """Shows as many pictures as fit. Emits how far the person wants to go, and which picture was clicked."""

    clicked = Signal(int)  # place on the page
    moved = Signal(int)  # by so many examples
    capacity_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Examples")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._image = QImage()
        self._captions: tuple[str, ...] = ()
        self._height = self._width = 28
        self._current = -1

    @property
    def columns(self) -> int:
        """Pictures in a row."""
        return max(1, (self.width() - 2 * _MARGIN + _GAP) // (self._cell().width() + _GAP))

    @property
    def capacity(self) -> int:
        """Pictures on a page."""
        return self.columns * max(1, (self.height() - 2 * _MARGIN) // (self._cell().height() + _CAPTION))

    def set_shape(self, height: int, width: int) -> None:
        """The pixels of every picture that will be shown."""
        self._height, self._width = height, width

    def show_page(self, pixels: Pixels, captions: tuple[str, ...], current: int) -> None:
        """These pictures (N, height, width, 1 or 3), with the one at place `current` marked."""
        self._image = column_of(pixels) if len(pixels) else QImage()
        self._captions, self._current = captions, current
        self.update()

    def mark(self, current: int) -> None:
        """Mark another one of the page."""
        self._current = current
        self.update()

    def rectangle_of(self, place: int) -> QRectF:
        """Where the picture at a place of the page stands."""
        row, column = divmod(place, self.columns)
        cell = self._cell()
        left = _MARGIN + column * (cell.width() + _GAP)
        return QRectF(left, _MARGIN + row * (cell.height() + _CAPTION), cell.width(), cell.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from one to the next, Page Up and Down by pages, Home and End to the first and last."""
        everything = 2**31 - 1
        steps: dict[int, int] = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.columns,
            Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_PageUp: -self.capacity,
            Qt.Key.Key_PageDown: self.capacity,
            Qt.Key.Key_Home: -everything,
            Qt.Key.Key_End: everything,
        }
        if event.key() in steps:
            self.moved.emit(steps[event.key()])
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses the picture under the mouse, or its caption."""
        self.setFocus()
        cell = self._cell()
        column = int((event.position().x() - _MARGIN) // (cell.width() + _GAP))
        row = int((event.position().y() - _MARGIN) // (cell.height() + _CAPTION))
        place = row * self.columns + column
        if 0 <= column < self.columns and 0 <= place < len(self._captions):
            self.clicked.emit(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size holds another number of pictures."""
        super().resizeEvent(event)
        self.capacity_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures with hard pixels, captions below, a frame around the present one."""
        painter = QPainter(self)
        cell = self._cell()
        # Large pictures are made smaller, which looks well only when it is smooth.
        shrinks = self._height > cell.height() or self._width > cell.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        colors = self.palette()
        for index, caption in enumerate(self._captions):
            target = self.rectangle_of(index)
            painter.drawImage(target, self._image, QRectF(0, index * self._height, self._width, self._height))
            below = QRectF(target.left() - _GAP / 2, target.bottom(), target.width() + _GAP, _CAPTION)
            painter.setPen(colors.color(QPalette.ColorRole.PlaceholderText))
            if index == self._current:
                painter.setPen(QPen(colors.color(QPalette.ColorRole.Highlight), 2))
                painter.drawRect(target.adjusted(-2, -2, 2, 2))
            shown = self.fontMetrics().elidedText(caption, Qt.TextElideMode.ElideRight, int(below.width()))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, shown)
        painter.end()

    def _cell(self) -> QSize:
        """The size of a picture on the screen: whole pixels of it, if it is small."""
        larger = max(self._height, self._width)
        side = larger * (_SMALLEST // larger) if larger <= _SMALLEST else min(larger, _LARGEST)
        scale = side / larger
        return QSize(max(1, round(self._width * scale)), max(1, round(self._height * scale)))
