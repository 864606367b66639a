"""A few words side by side, one of them chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget


class Switch(QWidget):
    """Buttons of which one is down. Emits `chosen` with its name when the person picks another."""

    chosen = Signal(str)

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for name, text in choices:
            button = QPushButton(text)
            button.setCheckable(True)
            button.setAccessibleName(f"{title}: {text}")
            # A mouse click must not take the focus, or Space would press the button instead of running.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            self.buttons[name] = button
            row.addWidget(button)
        next(iter(self.buttons.values())).setChecked(True)

    @property
    def choice(self) -> str:
        """The name that is chosen."""
        return next(name for name, button in self.buttons.items() if button.isChecked())

    def choose(self, name: str) -> None:
        """Put the button down without telling anyone."""
        self.buttons[name].setChecked(True)

    def allow(self, names: Sequence[str]) -> None:
        """Only these can be chosen."""
        for name, button in self.buttons.items():
            button.setEnabled(name in names)
