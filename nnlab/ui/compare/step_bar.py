"""The one timeline of several runs: a slider, where it stands, and by what runs are held beside each other."""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QWidget

from nnlab.ui.compare.alongside import Alongside
from nnlab.ui.setup.form import Choice
from nnlab.ui.widgets.card import label

# How the two ways are called in the choice.
_WAYS = ("by step", "by epoch")


class StepBar(QWidget):
    """Moving it moves all runs."""

    moved = Signal(int)  # the place on the timeline
    way_changed = Signal(bool)  # whether by epoch

    def __init__(self) -> None:
        super().__init__()
        self.alongside = Alongside((), ())
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Timeline of all runs")
        self.slider.setToolTip("Drag, or use the arrow keys: all runs show the step that belongs here")
        self.slider.valueChanged.connect(self._move)
        self.way = Choice()
        self.way.addItems(_WAYS)
        self.way.setAccessibleName("How runs are held beside each other")
        self.way.setToolTip(
            "After as many updates, or after as many passes through the data: with other batches that differs"
        )
        self.way.activated.connect(lambda place: self.way_changed.emit(place == 1))
        self._words = label("", "muted")
        self._words.setMinimumWidth(self._words.fontMetrics().horizontalAdvance("step 10,000,000"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(_button("◀", "One step back", lambda: self.go_to(self.place - 1)))
        row.addWidget(_button("▶", "One step on", lambda: self.go_to(self.place + 1)))
        row.addWidget(self.slider, 1)
        row.addWidget(self._words)
        row.addWidget(self.way)

    @property
    def place(self) -> int:
        """Where it stands."""
        return self.slider.value()

    def hold(self, alongside: Alongside, place: int) -> None:
        """Of other runs, or of the same another way; whoever holds it asks for what is there."""
        self.alongside = alongside
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, alongside.last)
            self.slider.setPageStep(max(alongside.last // 20, 1))
            self.slider.setValue(place)
        self.way.setCurrentIndex(int(alongside.by_epoch))
        self._words.setText(alongside.words_at(self.place))

    def go_to(self, place: int) -> None:
        """As if it were dragged there."""
        self.slider.setValue(place)

    def _move(self, place: int) -> None:
        self._words.setText(self.alongside.words_at(place))
        self.moved.emit(place)


def _button(text: str, name: str, act: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setAutoRepeat(True)
    button.clicked.connect(act)
    return button
