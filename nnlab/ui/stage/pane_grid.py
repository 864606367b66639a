"""Panes side by side, one above the other: what lies between them can be dragged, and is remembered."""

from collections.abc import Collection, Sequence
from contextlib import suppress

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

PANE_COUNTS = (1, 2, 4)
_IN_A_ROW = 2
_HANDLE = 9
_EVEN, _LEAST_SHARE = 0.5, 0.1
_PARTS = 1000
LEAST_WIDTH, LEAST_HEIGHT = 160, 96


class Divider(QSplitterHandle):
    """A thin line that is dragged; it shows itself to the mouse, and a double-click makes both sides alike."""

    def enterEvent(self, event: QEnterEvent) -> None:
        """The mouse is over it."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """And no longer."""
        super().leaveEvent(event)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Both sides alike."""
        splitter = self.splitter()
        splitter.setSizes([_PARTS] * splitter.count())
        splitter.splitterMoved.emit(0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line of one pixel, three in the accent under the mouse."""
        colors, is_met = self.palette(), self.underMouse()
        thick = 3 if is_met else 1
        place = self.rect()
        if self.orientation() == Qt.Orientation.Horizontal:
            place.adjust((place.width() - thick) // 2, 0, 0, 0)
            place.setWidth(thick)
        else:
            place.adjust(0, (place.height() - thick) // 2, 0, 0)
            place.setHeight(thick)
        with QPainter(self) as painter:
            painter.fillRect(place, (colors.highlight() if is_met else colors.mid()).color())


class Divided(QSplitter):
    """Two parts with a divider between them, neither of which can be dragged away."""

    def __init__(self, orientation: Qt.Orientation, parts: Sequence[QWidget]) -> None:
        super().__init__(orientation)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(_HANDLE)
        for part in parts:
            self.addWidget(part)
        self.share = _EVEN
        self.splitterMoved.connect(self._keep)

    def createHandle(self) -> QSplitterHandle:
        """The one between two parts."""
        return Divider(self.orientation(), self)

    def divide(self, share: float) -> None:
        """Give the first part its share of the room."""
        self.share = min(max(share, _LEAST_SHARE), 1 - _LEAST_SHARE)
        self.setSizes([round(_PARTS * self.share), round(_PARTS * (1 - self.share))])

    def _keep(self) -> None:
        first, second = self.sizes()
        if first and second:
            self.share = first / (first + second)


class PaneGrid(Divided):
    """Four panes in two rows, of which some are shown."""

    def __init__(self, panes: Sequence[QWidget]) -> None:
        across = Qt.Orientation.Horizontal
        self._rows = [Divided(across, panes[:_IN_A_ROW]), Divided(across, panes[_IN_A_ROW:])]
        super().__init__(Qt.Orientation.Vertical, self._rows)
        for pane in panes:
            pane.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self._panes = panes

    def show_only(self, shown: Collection[QWidget]) -> None:
        """These panes and no other, each with its share."""
        for row in self._rows:
            row.setVisible(any(pane in shown for pane in (row.widget(0), row.widget(1))))
        for pane in self._panes:
            pane.setVisible(pane in shown)
        for divided in (self, *self._rows):
            divided.divide(divided.share)

    @property
    def shares(self) -> str:
        """How the dividers stand, as text for the next start."""
        return " ".join(f"{divided.share:.4f}" for divided in (self, *self._rows))

    def restore(self, shares: str) -> None:
        """As they stood; in the middle where a person's file says nothing that makes sense."""
        stood = [_EVEN] * 3
        with suppress(ValueError):
            read = [float(share) for share in shares.split()]
            if len(read) == len(stood) and all(0 < share < 1 for share in read):
                stood = read
        for divided, share in zip((self, *self._rows), stood, strict=True):
            divided.divide(share)
