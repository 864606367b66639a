"""The list of breakpoints: each in a few words, with a box that switches it on and off."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from nnlab.training.breakpoints import Breakpoint

_MOST_ROWS = 9


class ConditionList(QTreeWidget):
    """One row each, of which one is selected. `turned` is a place, and whether that is on now; `chosen` the one selected."""

    turned = Signal(int, bool)
    chosen = Signal(int)
    removed = Signal()  # the selected one is to go

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Breakpoints")
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.itemChanged.connect(self._on_changed)
        self.currentItemChanged.connect(lambda *_: self.chosen.emit(self.place))

    @property
    def place(self) -> int:
        """That of the selected one, -1 where none is."""
        item = self.currentItem()
        return self.indexOfTopLevelItem(item) if item else -1

    def show_conditions(self, conditions: Sequence[Breakpoint], problems: Sequence[str], place: int) -> None:
        """All of them, with why one can never become true; this one is selected, or the last where there are fewer."""
        with QSignalBlocker(self):
            # Rows stay where they can: the box that was clicked belongs to one of them, and Qt is not done with it yet.
            while self.topLevelItemCount() > len(conditions):
                self.takeTopLevelItem(len(conditions))
            while self.topLevelItemCount() < len(conditions):
                self.addTopLevelItem(QTreeWidgetItem())
            for number, (one, problem) in enumerate(zip(conditions, problems, strict=True)):
                if row := self.topLevelItem(number):
                    row.setText(0, f"{one.summary()} · never here" if problem else one.summary())
                    row.setCheckState(0, Qt.CheckState.Checked if one.on else Qt.CheckState.Unchecked)
                    row.setToolTip(0, one.title)
            if item := self.topLevelItem(min(max(place, 0), len(conditions) - 1)):
                self.setCurrentItem(item)
        rows = min(len(conditions), _MOST_ROWS)
        self.setFixedHeight(rows * self.sizeHintForRow(0) + 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes the selected one."""
        if event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def _on_changed(self, item: QTreeWidgetItem) -> None:
        self.turned.emit(self.indexOfTopLevelItem(item), item.checkState(0) is Qt.CheckState.Checked)
