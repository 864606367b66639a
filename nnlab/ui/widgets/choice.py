"""A drop-down list."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox


class Choice(QComboBox):
    """A drop-down list that the wheel scrolls past, and that is no wider than its place."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(9)
        self._by_mouse = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who came with the mouse goes on with it, and the keys stay the window's."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason

    def hidePopup(self) -> None:
        """With the list goes the focus of who opened it with the mouse: arrow keys would choose another."""
        super().hidePopup()
        if self._by_mouse and self.hasFocus():
            self.window().setFocus(Qt.FocusReason.OtherFocusReason)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling past a field must not change it."""
        event.ignore()
