"""The runs that are compared, each a button in its colour: pressed ones are seen side by side."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton, QWidget

from nnlab.ui.compare.color_dot import color_icon
from nnlab.ui.compare.compared_run import ComparedRun
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.explained import literally, without_shortcut
from nnlab.ui.widgets.flow import FlowRow
from nnlab.words import without_middle

_LONGEST = 40


class RunButtons(QWidget):
    """At least one is pressed, and no more than there are panes: another press lets go of the one that was pressed first."""

    changed = Signal()

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._buttons: list[QToolButton] = []
        self.pressed: list[int] = []  # places, in the order in which they were pressed
        self._row = FlowRow(6)
        self._row.addWidget(label("Seen side by side:", "muted"))
        self.setLayout(self._row)

    def show_runs(self, runs: Sequence[ComparedRun], colors: Sequence[QColor], is_new: bool) -> None:
        """One button for each; the first are pressed where they are new, and those that come after while there is room."""
        before = 0 if is_new else sum(not button.isHidden() for button in self._buttons)
        if is_new:
            self.pressed = []
        while len(self._buttons) < len(runs):
            self._buttons.append(self._made(len(self._buttons)))
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(runs))
        for place, (run, color) in enumerate(zip(runs, colors, strict=True)):
            button = self._buttons[place]
            button.setIcon(color_icon(color))
            button.setText(f" {without_shortcut(without_middle(run.title, _LONGEST))}")
            button.setToolTip(f"{literally(run.title)}<br>Seen side by side while it is pressed")
            button.setAccessibleName(run.title)
            if place >= before and len(self.pressed) < self._most:
                self.pressed.append(place)
        self._show_pressed()

    @property
    def shown(self) -> tuple[int, ...]:
        """The places of those that are pressed, in the order of the runs."""
        return tuple(sorted(self.pressed))

    def _made(self, place: int) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._press(place))
        self._row.addWidget(button)
        return button

    def _press(self, place: int) -> None:
        if place not in self.pressed:
            self.pressed = [*self.pressed, place][-self._most :]
        elif len(self.pressed) > 1:
            self.pressed.remove(place)
        self._show_pressed()
        self.changed.emit()

    def _show_pressed(self) -> None:
        for place, button in enumerate(self._buttons):
            button.setChecked(place in self.pressed)
