"""Which widget a key belongs to, where both a field and the window would use it."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QTabBar,
    QWidget,
)


class KeysStayWithFields(QObject):
    """Keeps one-key shortcuts away from whatever has the focus and uses that key itself."""

    _USERS = (QLineEdit, QAbstractSpinBox, QComboBox, QAbstractItemView, QAbstractSlider, QTabBar)
    # What a line edit would take for its own, though it means the window.
    _WINDOW_KEYS = (Qt.Key.Key_E, Qt.Key.Key_Z)
    _WINDOW_MODIFIERS = (
        Qt.KeyboardModifier.ControlModifier,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )

    def follow_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        """Watch whatever has the focus; filtering the whole application would cost every event."""
        if before is not None:
            before.removeEventFilter(self)
        if now is not None:
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """An accepted ShortcutOverride makes the key an ordinary one."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            focus = watched
            # While a list is open no shortcut fires, and by this very event the list takes Return for its choice.
            if isinstance(focus, QWidget) and focus.window().windowType() == Qt.WindowType.Popup:
                return False
            if event.modifiers() in self._WINDOW_MODIFIERS and event.key() in self._WINDOW_KEYS:
                event.ignore()
                return True
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
            is_space = event.key() == Qt.Key.Key_Space
            if plain and (isinstance(focus, self._USERS) or (is_space and isinstance(focus, QAbstractButton))):
                event.accept()
                return True
        return False
