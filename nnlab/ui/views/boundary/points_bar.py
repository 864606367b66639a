"""The tools above a plane of points: which class is drawn, and what the pen does."""

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QToolButton, QWidget

from nnlab.datasets.drawn import CLASSES
from nnlab.ui.icons import icon
from nnlab.ui.theme import Theme, class_color
from nnlab.ui.views.boundary.stroke import TOOLS
from nnlab.ui.widgets.flow import FlowRow

_ICONS = {"paint": "pencil", "spray": "spray", "move": "move", "erase": "eraser"}
_TIPS = {
    "paint": "Paint points: click, or drag for several. The right button erases",
    "spray": "Spray points around the mouse",
    "move": "Drag a point to another place",
    "erase": "Erase points: click or drag",
}


class DrawingBar(QWidget):
    """Tools and classes while points are drawn; before that one button that begins with the points there are."""

    begun = Signal()
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.begin = QPushButton("Draw points")
        self.begin.setToolTip("Go on with these points by hand: paint, move and erase them")
        self.begin.clicked.connect(self.begun)
        self.clear = QPushButton("Clear")
        self.clear.setToolTip("An empty plane; undo brings the points back")
        self.clear.clicked.connect(self.cleared)
        self.tools = {name: _tool(name) for name in TOOLS}
        self.chips = [_chip(number) for number in range(len(CLASSES))]
        self._tool_group = _exclusive(self.tools.values(), self)
        self._chip_group = _exclusive(self.chips, self)
        self.tools["paint"].setChecked(True)
        self.chips[0].setChecked(True)
        for chip in self.chips:
            # Who chooses a class wants to draw it.
            chip.clicked.connect(self._take_pen)
        row = FlowRow(3)
        for widget in (self.begin, *self.tools.values(), *self.chips, self.clear):
            # A mouse click must not take the focus: Space runs the training.
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(widget)
        self.setLayout(row)

    @property
    def tool(self) -> str:
        """What the left button does: one of TOOLS."""
        return next(name for name, button in self.tools.items() if button.isChecked())

    @property
    def label(self) -> int:
        """The class that is drawn."""
        return next(number for number, chip in enumerate(self.chips) if chip.isChecked())

    def show_drawing(self, is_drawing: bool) -> None:
        """The tools, or the button that offers them."""
        if is_drawing and self.begin.hasFocus():
            self.tools[self.tool].setFocus()
        self.begin.setVisible(not is_drawing)
        for widget in (*self.tools.values(), *self.chips, self.clear):
            widget.setVisible(is_drawing)

    def apply_theme(self, theme: Theme) -> None:
        """Icons in the theme's colours."""
        self.begin.setIcon(icon("pencil", theme.text))
        for name, button in self.tools.items():
            button.setIcon(icon(_ICONS[name], theme.text))

    def _take_pen(self) -> None:
        if self.tool not in ("paint", "spray"):
            self.tools["paint"].setChecked(True)


def _tool(name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("tool")
    button.setIconSize(QSize(16, 16))
    button.setCheckable(True)
    button.setToolTip(_TIPS[name])
    button.setAccessibleName(f"{name.capitalize()} points")
    return button


def _chip(number: int) -> QToolButton:
    chip = QToolButton()
    chip.setText(CLASSES[number])
    chip.setCheckable(True)
    chip.setToolTip(f"Draw points of class {CLASSES[number]}")
    chip.setAccessibleName(f"Class {CLASSES[number]}")
    color = class_color(number).name()
    chip.setStyleSheet(
        f"QToolButton {{ border-bottom: 3px solid {color}; font-weight: 600; padding: 4px 0 2px 0; "
        "min-width: 20px; max-width: 20px; }"
        f"QToolButton:checked {{ background: {color}; border-color: {color}; color: #FFFFFF; }}"
    )
    return chip


def _exclusive(buttons: Iterable[QToolButton], owner: QWidget) -> QButtonGroup:
    group = QButtonGroup(owner)
    for button in buttons:
        group.addButton(button)
    return group
