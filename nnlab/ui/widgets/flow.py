"""A row of controls that goes on in the next line where its place is too narrow."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLayoutItem, QWidget

from nnlab.ui.widgets.card import label


class FlowRow(QLayout):
    """Lays its widgets from left to right at their preferred sizes, in as many lines as it takes."""

    def __init__(self, spacing: int = 8) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

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
        return self._arrange(QRect(0, 0, width, 0), moves=False)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [item.sizeHint() for item in self._shown()]
        width = sum(size.width() for size in sizes) + self.spacing() * max(len(sizes) - 1, 0)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        """One widget in each line."""
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rectangle: QRect) -> None:
        """Put every widget in its place."""
        super().setGeometry(rectangle)
        self._arrange(rectangle, moves=True)

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _arrange(self, place: QRect, moves: bool) -> int:
        """The height of all lines; moves puts the items there."""
        x = y = line = 0
        row: list[tuple[QLayoutItem, int, QSize]] = []

        def end_line() -> None:
            for item, left, size in row:
                # In the middle of the line, so that labels and fields share a base.
                top = place.y() + y + (line - size.height()) // 2
                item.setGeometry(QRect(place.x() + left, top, size.width(), size.height()))

        for item in self._shown():
            size = item.sizeHint()
            if row and x + size.width() > place.width():
                if moves:
                    end_line()
                x, y, line, row = 0, y + line + self.spacing() // 2, 0, []
            row.append((item, x, size))
            x += size.width() + self.spacing()
            line = max(line, size.height())
        if moves:
            end_line()
        return y + line


def captioned(caption: str, widget: QWidget) -> QWidget:
    """A control with its caption at the left, which stay together."""
    pair = QWidget()
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    text = label(caption, "muted")
    text.setBuddy(widget)
    row.addWidget(text)
    row.addWidget(widget)
    if not widget.accessibleName():
        widget.setAccessibleName(caption)
    return pair
