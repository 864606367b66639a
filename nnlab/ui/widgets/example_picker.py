"""Choosing one example: which part of the data, which position; previous, next, any."""

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from nnlab.probes import Selection
from nnlab.ui.icons import icon
from nnlab.ui.messages import Prepared
from nnlab.ui.setup.form import WholeNumber
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.part_choice import PartChoice

_NARROW, _WIDEST = (103, 48), 72  # pixels: of the part and of the position at least; of the position at most


class ExamplePicker(QWidget):
    """Shows which example is selected; `picked` says that a person wants another."""

    picked = Signal(str, int)  # part, position in it

    def __init__(self) -> None:
        super().__init__()
        self._dice = np.random.default_rng()
        self.part = PartChoice()
        self.part.chosen.connect(lambda part: self.picked.emit(part, 0))
        self.place = WholeNumber()
        self.place.setAccessibleName("Example")
        self.place.setKeyboardTracking(False)
        self.place.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.place.setMaximumWidth(_WIDEST)
        self.place.valueChanged.connect(lambda place: self.picked.emit(self.part.part, place))
        self.previous = self._button("Previous example", lambda: self._go(self.place.value() - 1))
        self.next = self._button("Next example", lambda: self._go(self.place.value() + 1))
        self.random = self._button("Random example", lambda: self._go(int(self._dice.integers(self._count()))))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        for widget in (self.part, self.previous, self.place, self.next, self.random):
            row.addWidget(widget)
        # In a narrow pane its fields give way, as far as what stands in them can be read.
        self.part.setMinimumWidth(_NARROW[0])
        self.place.setMinimumWidth(_NARROW[1])
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def begin(self, prepared: Prepared) -> None:
        """The parts that this run has examples in."""
        self.part.begin(prepared)

    def show_selection(self, selection: Selection) -> None:
        """What is selected."""
        self.part.show_selection(selection)
        with QSignalBlocker(self.place):
            self.place.setRange(0, max(0, self._count() - 1))
            self.place.setToolTip(f"Position among the {self._count():,} examples of this part, from 0")
            self.place.setValue(selection.example if selection.example < self._count() else 0)

    def apply_theme(self, theme: Theme) -> None:
        """Icons in the text's colour."""
        for name, button in (("previous", self.previous), ("next", self.next), ("random", self.random)):
            button.setIcon(icon(name, theme.text))

    def _count(self) -> int:
        return max(self.part.examples, 1)

    def _go(self, place: int) -> None:
        self.picked.emit(self.part.part, place % self._count())

    def _button(self, name: str, act: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName("flat")
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(act)
        return button
