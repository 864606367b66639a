"""The popup behind a ⋯ button: the controls that their row has no room for."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nnlab.ui.widgets.flow import Captioned


class Drawer(QFrame):
    """Holds controls below each other, their captions equally wide; a press elsewhere or Escape closes it."""

    closed = Signal()
    changed = Signal()  # what a control would like, or whether it is shown

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Popup)
        self.setObjectName("drawer")
        self.setAccessibleName("More controls")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 10, 12, 10)
        self._column.setSpacing(8)
        self._column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)

    def hold(self, widgets: Sequence[QWidget]) -> None:
        """These controls, from the top; one that was not hidden is seen here."""
        for widget in widgets:
            is_hidden = widget.isHidden()
            self._column.removeWidget(widget)
            self._column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
            widget.setVisible(not is_hidden)
            # The row asks how wide it would be before it has ever been seen.
            for part in (widget, *widget.findChildren(QWidget)):
                part.ensurePolished()

    def open_below(self, button: QWidget) -> None:
        """Flush with the right edge of a button, or above it where the screen ends."""
        self._align_captions(True)
        self._column.activate()
        size, screen = self.sizeHint(), button.screen().availableGeometry()
        corner = button.mapToGlobal(QPoint(button.width() - size.width(), button.height() + 2))
        if corner.y() + size.height() > screen.bottom():
            corner.setY(button.mapToGlobal(QPoint(0, -2 - size.height())).y())
        x = max(screen.left(), min(corner.x(), screen.right() - size.width()))
        self.move(x, max(screen.top(), corner.y()))
        self.show()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press elsewhere only closes it: on its button it would be opened again."""
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        super().mousePressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Its controls may find room in their row again."""
        super().hideEvent(event)
        self._align_captions(False)
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Tell the row, which asks whether they would fit in it."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.changed.emit()
        return super().event(event)

    def _align_captions(self, is_open: bool) -> None:
        """In the row each is as wide as its words."""
        captions = [pair.caption for pair in self.findChildren(Captioned) if not pair.isHidden()]
        width = max((caption.sizeHint().width() for caption in captions), default=0) if is_open else 0
        for caption in captions:
            caption.setMinimumWidth(width)
