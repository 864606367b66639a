"""One line of text that says less where it would be too long; hovering shows all of it."""

import re
from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QToolTip

from nnlab.ui.widgets.explained import literally

# Where a line can end: what comes behind is more about what stands before.
_PARTS = re.compile(r" · |, (?=[^\W\d])|   ")
LESS = " …"


def shortened(text: str, has_room: Callable[[str], bool]) -> str:
    """As many of its parts, from the first on, as have room; "" where not even the first does. It ends in a space and dots,
    so that no number is taken for another whose last digits are cut.
    """
    ends = [found.start() for found in _PARTS.finditer(text)]
    return next((less for end in reversed(ends) if has_room(less := text[:end] + LESS)), "")


def fitted_in(text: str, metrics: QFontMetrics, width: int) -> str:
    """In so many pixels: all of it, or whole parts, and only of the first one less than all."""

    def has_room(text: str) -> bool:
        return metrics.horizontalAdvance(text) <= width

    fitting = text if has_room(text) else shortened(text, has_room)
    return fitting or metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


class Elided(QLabel):
    """As wide as its place, never wider. Its `text` is the whole; only what is painted is cut.

    Numbers that run stand in such lines. For every other text Qt's own label has the whole window laid out anew, up to the
    docks; this one only where it would like another width. So it keeps its text itself, and tells Qt where somebody listens.
    """

    def __init__(self, role: str = "", width: int = 0) -> None:
        """It would like to be as wide as its text, or always as wide as is given, so that other words move nothing."""
        super().__init__()
        self._width = width
        self._text = ""
        self._shorter: tuple[str, ...] = ()
        # What is painted is plain, and so is what is measured.
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setObjectName(role)

    def text(self) -> str:
        """All of it, however much there is room for."""
        return self._text

    def offer(self, text: str, *shorter: str) -> None:
        """A text; where there is no room for it another one that says the most important of it, the shortest last."""
        if (text, shorter) == (self._text, self._shorter):
            return
        before = 0 if self._width else self._width_of(self._text)
        self._text, self._shorter = text, shorter
        if QAccessible.isActive():
            super().setText(text)
        if not self._width and self._width_of(text) != before:
            self.updateGeometry()
        self.update()

    def setText(self, text: str) -> None:
        """One text alone."""
        self.offer(text)

    def clear(self) -> None:
        """No text."""
        self.offer("")

    @property
    def shown(self) -> str:
        """As much of the text as there is room for."""
        metrics, width = self.fontMetrics(), self.contentsRect().width()
        texts = (self._text, *self._shorter)
        return next((text for text in texts if metrics.horizontalAdvance(text) <= width), "") or fitted_in(
            texts[-1], metrics, width
        )

    def sizeHint(self) -> QSize:
        """What it would like."""
        empty = self._empty_size()
        return QSize(self._width or empty.width() + self._width_of(self._text), empty.height())

    def minimumSizeHint(self) -> QSize:
        """It can be made as narrow as need be."""
        return QSize(1, self._empty_size().height())

    def _empty_size(self) -> QSize:
        """Of a line without words: as high as it is, with what the style puts around it."""
        metrics, around = self.fontMetrics(), self.contentsMargins()
        return QSize(around.left() + around.right(), metrics.height() + around.top() + around.bottom())

    def _width_of(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, in the style sheet's font and colour."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.contentsRect(), self.alignment(), self.shown)

    def event(self, event: QEvent) -> bool:
        """A text that can be read in full needs no tooltip, unless it has one that says more."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and not self.toolTip():
            QToolTip.showText(event.globalPos(), literally(self.text()) if self.shown != self.text() else "", self)
            return True
        return super().event(event)
