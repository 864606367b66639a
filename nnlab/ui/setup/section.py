"""The line above a group of settings or facts: opens and closes it, and says the most important of it while it is closed."""

from PySide6.QtCore import QRect, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QApplication, QPushButton, QSizePolicy, QWidget

from nnlab.ui.widgets.elided import fitted_in
from nnlab.ui.widgets.explained import literally, without_shortcut

_GAP = 10


def has_room(widget: QWidget, height: int) -> bool:
    """Whether what stands below a line may be seen at first: on a screen as high as that, of a window not yet shown."""
    return widget.screen().availableGeometry().height() >= height


class SectionLine(QPushButton):
    """Closed at first; from then on as the person has it, at the next start too."""

    turned = Signal(bool)

    def __init__(
        self, title: str, memory: QSettings | None = None, key: str = "", is_open: bool = False, wraps: bool = False
    ) -> None:
        """The memory has under this key how it was left; before that it is as `is_open` says.

        wraps: a summary for which there is no room behind the title has a line of its own, rather than being cut
        """
        super().__init__()
        self._wraps = wraps
        if wraps:
            policy = QSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        self.setObjectName("section")
        # A mouse click must not take the focus: Space runs the training.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._memory, self._key = memory, f"sections/{key or title}".replace(" ", "-")
        self._is_open = is_open
        if memory is not None and memory.contains(self._key):
            self._is_open = bool(memory.value(self._key, is_open, type=bool))
        self._title, self._summary = title, ""
        self._show()
        self.clicked.connect(lambda _: self.turn(not self._is_open))

    @property
    def is_open(self) -> bool:
        """Whether what stands below the line can be seen."""
        return self._is_open

    def turn(self, is_open: bool, for_good: bool = True) -> None:
        """Open or close it; for good is also for the next start."""
        if for_good and self._memory is not None:
            self._memory.setValue(self._key, is_open)
        if is_open != self._is_open:
            self._is_open = is_open
            self._show()
            self.turned.emit(is_open)

    @property
    def title(self) -> str:
        """What the line is called."""
        return self._title

    def call(self, title: str) -> None:
        """Another title."""
        self._title = title
        if not self._summary:
            # There may be no room for all of it.
            self.setToolTip(literally(title))
        self._show()

    def say(self, summary: str, full: str = "") -> None:
        """The most important of what stands below, for when it is closed; under the mouse more of it."""
        self._summary = summary
        self.setToolTip(literally(full or summary))
        self._show()

    def hasHeightForWidth(self) -> bool:
        """Whether it may need a second line."""
        return self._wraps

    def heightForWidth(self, width: int) -> int:
        """That of its lines."""
        around = self.width() - self.contentsRect().width()
        return super().sizeHint().height() + self.fontMetrics().height() * self._is_wrapped(width - around)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may take another height."""
        super().resizeEvent(event)
        if self._wraps and event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _room(self, width: int) -> int:
        """Behind the title."""
        return width - self.fontMetrics().horizontalAdvance(f"▸  {self._title}") - _GAP

    def _is_wrapped(self, width: int) -> bool:
        is_shown = self._wraps and bool(self._summary) and not self._is_open
        return is_shown and self.fontMetrics().horizontalAdvance(self._summary) > self._room(width)

    def sizeHint(self) -> QSize:
        """As wide as its place, never wider."""
        return QSize(1, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The title, and behind it in a muted colour as much of the summary as there is room for."""
        # Its own palette is the style sheet's, in which what is muted is too faint to read.
        colors, metrics, place = QApplication.palette(), self.fontMetrics(), self.contentsRect()
        whole = f"{'▾' if self._is_open else '▸'}  {self._title}"
        title = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, place.width())
        lit = self.underMouse() or self.hasFocus()
        with QPainter(self) as painter:
            painter.setPen(colors.color(QPalette.ColorRole.Highlight if lit else QPalette.ColorRole.WindowText))
            first, rest = QRect(place), QRect(place)
            if self._is_wrapped(place.width()):
                first.setHeight(place.height() // 2)
                rest.setTop(first.bottom() + 1)
                rest.setLeft(place.left() + metrics.horizontalAdvance("▸  "))
            else:
                rest.setLeft(place.left() + metrics.horizontalAdvance(title) + _GAP)
            painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, title)
            painter.setPen(colors.color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, self.shown)

    @property
    def shown(self) -> str:
        """As much of the summary as has room behind the title, or below it; "" while what it sums up can be seen."""
        metrics, width = self.fontMetrics(), self.contentsRect().width()
        room = width - metrics.horizontalAdvance("▸  ") if self._is_wrapped(width) else self._room(width)
        return fitted_in(self._summary, metrics, room) if not self._is_open and room > 0 else ""

    def _show(self) -> None:
        """What it says as one text, for assistive technology too."""
        said = f"{self._title}   {self._summary}" if self._summary and not self._is_open else self._title
        self.setText(without_shortcut(said))
        self.setAccessibleName(said)
        self.setAccessibleDescription("open" if self._is_open else "closed")
        if self._wraps:
            self.updateGeometry()
        self.update()
