"""A row of controls that goes on in the next line where its place is too narrow."""

from collections.abc import Sequence
from typing import TypeAlias

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLayoutItem, QWidget

from nnlab.ui.widgets.card import label

# A text that fills what the controls leave needs so many pixels; with fewer it has a line of its own.
LEAST_FILLER = 190
# Qt's own largest size: a widget that had to be small may be of any again.
ANY_SIZE = 16777215
# The items of each line, and how large they are there.
Lines: TypeAlias = list[list[tuple[QLayoutItem, QSize]]]


class FlowRow(QLayout):
    """Lays its widgets from left to right at their preferred sizes, in as many lines as it takes.

    One of them may be the filler: it stands at the left and takes what the others leave of a single line; where they need
    several, it takes the end of the last one, or a line of its own below them.
    """

    def __init__(self, spacing: int = 8) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._filler: QWidget | None = None
        self._least = LEAST_FILLER
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def add_filler(self, widget: QWidget, least: int = LEAST_FILLER) -> None:
        """The one widget that is as wide as the others leave it, if that is so many pixels at least."""
        self._filler, self._least = widget, least
        self.addWidget(widget)

    def addItem(self, item: QLayoutItem) -> None:
        """At the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, place: int) -> QLayoutItem | None:
        """The item there, or None."""
        return self._items[place] if 0 <= place < len(self._items) else None

    def takeAt(self, place: int) -> QLayoutItem | None:
        """Give up the item there."""
        return self._items.pop(place) if 0 <= place < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes no more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of its lines in this width."""
        return place_lines(self._lines(width), QRect(0, 0, width, 0), self.spacing(), moves=False)

    def sizeHint(self) -> QSize:
        """All in one line."""
        shown, filler = self._others(), self._filler_item()
        widths = [item.sizeHint().width() for item in shown] + [self._least] * (filler is not None)
        heights = [item.sizeHint().height() for item in (*shown, *([filler] if filler else []))]
        return QSize(sum(widths) + self.spacing() * max(len(widths) - 1, 0), max(heights, default=0))

    def minimumSize(self) -> QSize:
        """One widget in each line."""
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rectangle: QRect) -> None:
        """Put every widget in its place."""
        super().setGeometry(rectangle)
        place_lines(self._lines(rectangle.width()), rectangle, self.spacing(), moves=True)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _filler_item(self) -> QLayoutItem | None:
        return next((item for item in self._shown() if item.widget() is self._filler), None) if self._filler else None

    def _others(self) -> list[QLayoutItem]:
        filler = self._filler_item()
        return [item for item in self._shown() if item is not filler]

    def _lines(self, width: int) -> Lines:
        return lines_of(self._others(), self._filler_item(), width, self.spacing(), self._least)


def lines_of(items: Sequence[QLayoutItem], filler: QLayoutItem | None, width: int, spacing: int, least: int) -> Lines:
    """The items of each line of this width, with their sizes; a filler gets `least` pixels or a line of its own."""
    used = sum(item.sizeHint().width() + spacing for item in items)
    if filler and used + least <= width:
        return [[(filler, _size_in(filler, width - used)), *((item, item.sizeHint()) for item in items)]]
    lines: Lines = [[]]
    x = 0
    for item in items:
        size = _size_in(item, min(item.sizeHint().width(), width))
        if lines[-1] and x + size.width() > width:
            lines.append([])
            x = 0
        lines[-1].append((item, size))
        x += size.width() + spacing
    if filler and width - x >= least:
        lines[-1].append((filler, _size_in(filler, width - x)))
    elif filler:
        lines.append([(filler, _size_in(filler, width))])
    return [line for line in lines if line]


def place_lines(lines: Lines, place: QRect, spacing: int, moves: bool) -> int:
    """The height of all lines; moves puts the items there."""
    y = 0
    for number, line in enumerate(lines):
        y += spacing // 2 if number else 0
        height, x = max(size.height() for _, size in line), 0
        for item, size in line:
            if moves:
                # In the middle of the line, so that labels and fields share a base.
                top = place.y() + y + (height - size.height()) // 2
                item.setGeometry(QRect(place.x() + x, top, size.width(), size.height()))
            x += size.width() + spacing
        y += height
    return y


def _size_in(item: QLayoutItem, width: int) -> QSize:
    """How large an item is in this width; a row of its own may need several lines."""
    width = max(width, item.minimumSize().width())
    return QSize(width, item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height())


class Captioned(QWidget):
    """A control with its caption at the left, which stay together; what hovering says of one it says of both."""

    def __init__(self, caption: str, widget: QWidget, behind: Sequence[QWidget]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.caption = label(caption, "muted")
        self.caption.setBuddy(widget)
        self.caption.setToolTip(widget.toolTip())
        for part in (self.caption, widget, *behind):
            row.addWidget(part)
        if not widget.accessibleName():
            widget.setAccessibleName(caption)


def captioned(caption: str, widget: QWidget, *behind: QWidget) -> Captioned:
    """A control with its caption; what stands behind the control stays with it."""
    return Captioned(caption, widget, behind)
