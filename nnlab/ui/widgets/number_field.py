"""A field for real numbers of any size: 0.05, 1e-4. Spin boxes round such numbers away."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit

from nnlab.settings import Description


def number_text(value: float) -> str:
    """The shortest usual writing that keeps the number."""
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)


class NumberField(QLineEdit):
    """Emits `changed` when a valid number was entered; marks what is not one, and `rejected` says why.

    Up and Down go along 1 - 2 - 5 - 10, which suits learning rates.
    """

    changed = Signal(float)
    rejected = Signal(str)

    def __init__(self, description: Description) -> None:
        super().__init__()
        self._description = description
        self._value = 0.0
        self.editingFinished.connect(self._commit)

    def set_value(self, value: float) -> None:
        """Show a number without telling anyone, unless the person is typing."""
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self.setText(number_text(value))
            self._mark("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down change the number along 1 - 2 - 5 - 10; Escape takes typing back."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.setText(number_text(_neighbour(self._value, event.key() == Qt.Key.Key_Up)))
            self._commit()
        elif event.key() == Qt.Key.Key_Escape:
            self.setModified(False)
            self.set_value(self._value)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling past a field must not change it."""
        event.ignore()

    def _commit(self) -> None:
        try:
            value = float(self.text().replace(",", ".").replace("−", "-"))
        except ValueError:
            self._mark(f"'{self.text()}' is not a number")
            return
        description = self._description
        low, high, above = description.minimum, description.maximum, description.above
        fits = (low is None or value >= low) and (high is None or value <= high) and (above is None or value > above)
        if not fits or value != value:
            self._mark(f"{value:g} is out of range; it must be {description.range_text()}")
            return
        self.setModified(False)
        self._mark("")
        self.setText(number_text(value))
        if value != self._value:
            self._value = value
            self.changed.emit(value)

    def _mark(self, problem: str) -> None:
        self.setProperty("invalid", bool(problem))
        self.style().unpolish(self)
        self.style().polish(self)
        self.rejected.emit(problem)


def _neighbour(value: float, up: bool) -> float:
    """The next number of the series 1 - 2 - 5 - 10 above or below; from 0 up to 0.0001."""
    if value <= 0:
        return 1e-4 if up else value
    exponent = f"{value:e}".split("e")[1]
    decade = float(f"1e{exponent}")
    series = [float(f"{digit}e{int(exponent) + shift}") for shift in (-1, 0, 1) for digit in (1, 2, 5)]
    tolerance = decade * 1e-6
    if up:
        return min(number for number in series if number > value + tolerance)
    return max(number for number in series if number < value - tolerance)
