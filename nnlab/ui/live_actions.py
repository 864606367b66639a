"""The table of actions in one window: an action for every row, which can be done when the row says so."""

from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup

from nnlab.ui.action_row import Desk, Row
from nnlab.ui.actions import ACTIONS, shortcuts_of, tooltip_of, words_of
from nnlab.ui.situation import Situation
from nnlab.ui.widgets.explained import without_shortcut


class Actions(QObject):
    """The rows as actions of one window, which can be done exactly in the situations that their rules name."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._by_name: dict[str, QAction] = {}
        groups: dict[str, QActionGroup] = {}
        for row in ACTIONS.values():
            action = self._by_name[row.name] = QAction(parent)
            action.triggered.connect(partial(_do, row, desk))
            action.setShortcuts([shortcut for keys in row.keys for shortcut in shortcuts_of(keys)])
            action.setCheckable(row.is_on is not None)
            if row.group:
                groups.setdefault(row.group, QActionGroup(self)).addAction(action)
        self.follow(desk.session.situation)

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def follow(self, situation: Situation) -> None:
        """What can be done now, and in which words."""
        for name, action in self._by_name.items():
            row = ACTIONS[name]
            action.setEnabled(row.can(situation))
            action.setText(without_shortcut(words_of(row, situation)))
            action.setToolTip(tooltip_of(row, row.face(situation)))

    @Slot()
    def show_choices(self) -> None:
        """Check what is chosen, and what can be seen, at present."""
        for name, action in self._by_name.items():
            if (is_on := ACTIONS[name].is_on) is not None:
                action.setChecked(is_on(self._desk))


def _do(row: Row, desk: Desk, is_checked: bool = False) -> None:
    row.act(desk)
