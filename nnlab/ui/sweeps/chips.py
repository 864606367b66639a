"""Some of the few values that a setting can have: a button for each."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from nnlab.ui.widgets.flow import FlowRow


class Chips(QWidget):
    """Emits `changed` with those that are pressed, in their order."""

    changed = Signal(object)  # tuple[str, ...]

    def __init__(self, levels: Sequence[str], name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.buttons = {level: QPushButton(level) for level in levels}
        row = FlowRow(6)
        self.setLayout(row)
        for level, button in self.buttons.items():
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleName(f"{name}: {level}")
            button.toggled.connect(lambda _: self.changed.emit(self.chosen))
            row.addWidget(button)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Those that are pressed."""
        return tuple(level for level, button in self.buttons.items() if button.isChecked())

    def choose(self, levels: Sequence[str]) -> None:
        """Press these, without telling anyone."""
        for level, button in self.buttons.items():
            with QSignalBlocker(button):
                button.setChecked(level in levels)
