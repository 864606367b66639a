"""One slider for each dimension of a small code."""

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QSlider, QWidget

from nnlab.models.arrays import Array
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.flow import ANY_SIZE

_STEPS = 1000
_WIDTH = 216
_HEIGHT_BELOW = 96
# How far beyond the examples a slider reaches, as a share of their span.
_BEYOND = 0.25


class CodeSliders(QScrollArea):
    """Show a code, and say which one a person wants instead."""

    changed = Signal(object)  # tuple of floats

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Code")
        self.lie_below(False)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        inside = QWidget()
        inside.setObjectName("sliders")
        # It stands on the view's surface, not on the window's ground.
        self.setStyleSheet("QScrollArea, QWidget#sliders { background: transparent; }")
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self.setWidget(inside)
        self.sliders: list[QSlider] = []
        self._rows: list[tuple[QLabel, QSlider, QLabel]] = []
        self._code: list[float] = []
        self._has_room = True
        self._low: Array = np.empty(0)
        self._high: Array = np.empty(0)
        self.hide()

    def allow(self, has_room: bool) -> None:
        """Shown only where there is room, and something to show."""
        self._has_room = has_room
        self.setVisible(has_room and len(self._low) > 0)

    def lie_below(self, is_below: bool) -> None:
        """Beside the picture as wide as the sliders need; below it as wide as the picture, and only so high."""
        self.setMinimumWidth(0 if is_below else _WIDTH)
        self.setMaximumWidth(ANY_SIZE if is_below else _WIDTH)
        self.setMaximumHeight(_HEIGHT_BELOW if is_below else ANY_SIZE)

    def show_code(self, code: Array, low: Array, high: Array) -> None:
        """Put the sliders at a code within these bounds; without bounds there are too many dimensions."""
        self.setVisible(len(low) > 0 and self._has_room)
        if not len(low):
            self._low = low
            return
        while len(self.sliders) < len(code):
            self._add_row()
        for number, row in enumerate(self._rows):
            for widget in row:
                widget.setVisible(number < len(code))
        beyond = _BEYOND * (high - low)
        self._low, self._high = low - beyond, np.maximum(high + beyond, low - beyond + 1e-9)
        self._code = [float(value) for value in code]
        for number, value in enumerate(self._code):
            slider = self.sliders[number]
            self._rows[number][2].setText(f"{value:+.2f}")
            if not slider.isSliderDown() and np.isfinite(value):
                share = (value - self._low[number]) / (self._high[number] - self._low[number])
                with QSignalBlocker(slider):
                    slider.setValue(round(_STEPS * min(max(share, 0.0), 1.0)))

    def _add_row(self) -> None:
        number = len(self.sliders)
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, _STEPS)
        slider.setAccessibleName(f"Dimension {number} of the code")
        slider.valueChanged.connect(lambda place, number=number: self._slide(number, place))
        value = label("", "muted")
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        value.setFixedWidth(52)
        row = (label(f"code {number}", "muted"), slider, value)
        for column, widget in enumerate(row):
            self._grid.addWidget(widget, number, column)
        self._grid.setRowStretch(number, 0)
        self._grid.setRowStretch(number + 1, 1)
        self.sliders.append(slider)
        self._rows.append(row)

    def _slide(self, number: int, place: int) -> None:
        if number < len(self._code):
            low, high = self._low[number], self._high[number]
            self._code[number] = float(low + place / _STEPS * (high - low))
            self._rows[number][2].setText(f"{self._code[number]:+.2f}")
            self.changed.emit(tuple(self._code))
