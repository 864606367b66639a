"""Which widget a key belongs to, where both a field and the window would use it.

Space is the window's wherever no text is typed: it runs and pauses, also where a list has the focus or a button that opens
one; Enter and the arrow down open that. Enter enters what was typed in a field, Escape takes it back, and both give the keys
back to the window.
"""

from typing import Protocol, TypeGuard, runtime_checkable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QMainWindow,
    QTabBar,
    QToolButton,
    QWidget,
)

from nnlab.ui.widgets.number_field import NumberField
from nnlab.ui.widgets.whole_number import WholeNumber

# A list in which Space does something of its own says so by this property.
USES_SPACE = "usesSpace"
_USERS = (QLineEdit, QAbstractSpinBox, QComboBox, QAbstractItemView, QAbstractSlider, QTabBar)
_FIELDS = (QLineEdit, QAbstractSpinBox, QComboBox)
_NUMBERS = (NumberField, QAbstractSpinBox)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_NONE = Qt.KeyboardModifier.NoModifier
# What a line edit would take for its own, though it means the window.
_WINDOW_KEYS = (Qt.Key.Key_E, Qt.Key.Key_Z)
_WINDOW_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
)


@runtime_checkable
class Field(Protocol):
    """What is typed into, and can be entered or taken back."""

    @property
    def is_typing(self) -> bool: ...  # noqa: D102
    def commit(self) -> bool: ...  # noqa: D102
    def revert(self) -> None: ...  # noqa: D102


class KeysStayWithFields(QObject):
    """Keeps one-key shortcuts away from whatever has the focus and uses that key itself."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._by_mouse = False  # whether the focus came with a click

    def follow_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        """Watch whatever has the focus; filtering the whole application would cost every event."""
        if before is not None:
            before.removeEventFilter(self)
        if now is not None:
            now.installEventFilter(self)
        self._by_mouse = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """An accepted ShortcutOverride makes the key an ordinary one."""
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        # While a list is open no shortcut fires, and by this very event the list takes Return for its choice.
        if watched.window().windowType() == Qt.WindowType.Popup:
            return False
        if event.type() == QEvent.Type.KeyPress:
            return self._leaves(watched, event) or _opens_menu(watched, event) or self._is_lost(watched, event)
        return event.type() == QEvent.Type.ShortcutOverride and self._keeps(watched, event)

    def _keeps(self, focus: QWidget, event: QKeyEvent) -> bool:
        """Whether the key is told to be an ordinary one, or the window's."""
        if event.modifiers() in _WINDOW_MODIFIERS and event.key() in _WINDOW_KEYS:
            event.ignore()
            return True
        if event.modifiers() not in (_NONE, Qt.KeyboardModifier.ShiftModifier):
            return False
        if event.key() == Qt.Key.Key_Space and event.modifiers() == _NONE:
            keeps = self._uses_space(focus)
            if not keeps:
                # A line edit would take it for a letter.
                event.ignore()
                return True
        elif not isinstance(focus, _USERS):
            return False
        event.accept()
        return True

    def _is_lost(self, focus: QWidget, event: QKeyEvent) -> bool:
        """Whether Space was meant for the window, which has nothing to run: then it opens no list and presses nothing."""
        is_space = event.key() == Qt.Key.Key_Space and event.modifiers() == _NONE
        is_field = isinstance(focus, (*_USERS, QAbstractButton))
        return is_space and is_field and _is_of_the_window(focus) and not self._uses_space(focus)

    def _uses_space(self, focus: QWidget) -> bool:
        if isinstance(focus, WholeNumber) and focus.awaits_space:
            return True
        if isinstance(focus, _NUMBERS):
            # No number has a space: what was typed is entered, and the window has its key, unless it is no number.
            return isinstance(focus, Field) and focus.is_typing and not focus.commit()
        if isinstance(focus, QAbstractButton):
            return not self._by_mouse and not _has_menu(focus)
        if isinstance(focus, QAbstractItemView):
            return bool(focus.property(USES_SPACE)) or bool(focus.currentIndex().flags() & Qt.ItemFlag.ItemIsUserCheckable)
        return isinstance(focus, QLineEdit)

    def _leaves(self, focus: QWidget, event: QKeyEvent) -> bool:
        """Enter and Escape end what is typed; in a dialog they are the dialog's where nothing is being typed."""
        if not _is_left_by_keys(focus) or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier != _NONE:
            return False
        is_typing = isinstance(focus, Field) and focus.is_typing
        if event.key() == Qt.Key.Key_Escape:
            if isinstance(focus, Field):
                focus.revert()
        elif event.key() not in _ENTER or isinstance(focus, QComboBox) or not isinstance(focus, Field):
            return False
        elif not focus.commit():
            return True
        if isinstance(focus.window(), QMainWindow):
            focus.window().setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return is_typing


def _is_of_the_window(focus: QWidget) -> bool:
    """Whether the window's keys reach it: also in a dock that floats."""
    return isinstance(focus.window(), QMainWindow | QDockWidget)


def _has_menu(focus: QWidget) -> TypeGuard[QToolButton]:
    """Whether it is a button that does nothing but open a list."""
    mode = QToolButton.ToolButtonPopupMode.InstantPopup
    return isinstance(focus, QToolButton) and focus.popupMode() == mode and focus.menu() is not None


def _opens_menu(focus: QWidget, event: QKeyEvent) -> bool:
    is_plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == _NONE
    if not _has_menu(focus) or not is_plain or event.key() not in (Qt.Key.Key_Down, *_ENTER):
        return False
    # Not from within the key, since it ends only when the list is closed.
    QTimer.singleShot(0, focus.showMenu)
    return True


def _is_left_by_keys(focus: QWidget) -> TypeGuard[QLineEdit | QAbstractSpinBox | QComboBox]:
    """Whether it is a field of its own: the editor of a cell is its list's."""
    around = focus.parentWidget()
    while around is not None and not isinstance(around, QAbstractItemView):
        around = around.parentWidget()
    return isinstance(focus, _FIELDS) and around is None
