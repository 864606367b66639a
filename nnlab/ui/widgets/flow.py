"""A row of controls that goes on in the next line where its place is too narrow."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLayoutItem, QWidget

from nnlab.ui.widgets.card import label

# A text that fills what the controls leave needs so many pixels; with fewer it has a line of its own.
_LEAST_FILLER = 190
# Qt's own largest size: a widget that had to be small may be of any again.
ANY_SIZE = 16777215


class FlowRow(QLayout):
    """Lays its widgets from left to right at their preferred sizes, in as many lines as it takes.

    One of them may be the filler: it stands at the left and takes what the others leave of a single line; where they need
    several, it takes the end of the last one, or a line of its own below them.
    """

    def __init__(self, spacing: int = 8) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._filler: QWidget | None = None
        self._least = _LEAST_FILLER
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def add_filler(self, widget: QWidget, least: int = _LEAST_FILLER) -> None:
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
        return self._place(self._lines(width), QRect(0, 0, width, 0), moves=False)

    def sizeHint(self) -> QSize:
        """All in one line."""
        shown = self._shown()
        width = sum(map(self._width_of, shown)) + self.spacing() * max(len(shown) - 1, 0)
        return QSize(width, max((item.sizeHint().height() for item in shown), default=0))

    def minimumSize(self) -> QSize:
        """One widget in each line."""
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rectangle: QRect) -> None:
        """Put every widget in its place."""
        super().setGeometry(rectangle)
        self._place(self._lines(rectangle.width()), rectangle, moves=True)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _is_filler(self, item: QLayoutItem) -> bool:
        return self._filler is not None and item.widget() is self._filler

    def _width_of(self, item: QLayoutItem) -> int:
        return self._least if self._is_filler(item) else item.sizeHint().width()

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        """The items of each line, with their sizes."""
        filler = [item for item in self._shown() if self._is_filler(item)]
        others = [item for item in self._shown() if not self._is_filler(item)]
        if filler and self.sizeHint().width() <= width:
            used = sum(item.sizeHint().width() + self.spacing() for item in others)
            return [[(filler[0], _size_in(filler[0], width - used)), *((item, item.sizeHint()) for item in others)]]
        lines: list[list[tuple[QLayoutItem, QSize]]] = [[]]
        x = 0
        for item in others:
            size = _size_in(item, min(item.sizeHint().width(), width))
            if lines[-1] and x + size.width() > width:
                lines.append([])
                x = 0
            lines[-1].append((item, size))
            x += size.width() + self.spacing()
        for item in filler:
            if width - x >= self._least:
                lines[-1].append((item, _size_in(item, width - x)))
            else:
                lines.append([(item, _size_in(item, width))])
        return [line for line in lines if line]

    def _place(self, lines: list[list[tuple[QLayoutItem, QSize]]], place: QRect, moves: bool) -> int:
        """The height of all lines; moves puts the items there."""
        y = 0
        for number, line in enumerate(lines):
            y += self.spacing() // 2 if number else 0
            height, x = max(size.height() for _, size in line), 0
            for item, size in line:
                if moves:
                    # In the middle of the line, so that labels and fields share a base.
                    top = place.y() + y + (height - size.height()) // 2
                    item.setGeometry(QRect(place.x() + x, top, size.width(), size.height()))
                x += size.width() + self.spacing()
            y += height
        return y


def _size_in(item: QLayoutItem, width: int) -> QSize:
    """How large an item is in this width; a row of its own may need several lines."""
    width = max(width, item.minimumSize().width())
    return QSize(width, item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height())


def captioned(caption: str, widget: QWidget, *behind: QWidget) -> QWidget:
    """A control with its caption at the left, which stay together; what hovering says of one it says of both.

    What stands behind the control stays with it.
    """
    pair = QWidget()
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    text = label(caption, "muted")
    text.setBuddy(widget)
    text.setToolTip(widget.toolTip())
    for part in (text, widget, *behind):
        row.addWidget(part)
    if not widget.accessibleName():
        widget.setAccessibleName(caption)
    return pair
