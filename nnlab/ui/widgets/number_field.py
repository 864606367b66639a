"""A field for real numbers of any size: 0.05, 1e-4. Spin boxes round such numbers away."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit

from nnlab.settings import Description


def number_text(value: float) -> str:
    """The shortest usual writing that keeps the number."""
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)


# Digits, signs, and the e of 1e-4.
_OF_NUMBERS = set("0123456789.,+-−e%")


class NumberField(QLineEdit):
    """Emits `changed` when a valid number was entered; marks what is not one, and `rejected` says why.

    Up and Down go along 1 - 2 - 5 - 10, which suits learning rates.
    """

    changed = Signal(float)
    rejected = Signal(str)

    def __init__(self, description: Description) -> None:
        super().__init__()
        self._description = description
        self._letters = _OF_NUMBERS | set(description.zero)
        self._value = 0.0
        self.editingFinished.connect(self.commit)

    def set_value(self, value: float) -> None:
        """Show a number without telling anyone, unless the person is typing."""
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self.setText(self._text(value))
            self._mark("")

    @property
    def is_typing(self) -> bool:
        """Whether something stands there that was typed and is not entered yet."""
        return self.isModified() and self.text() != self._text(self._value)

    def revert(self) -> None:
        """What was typed is gone, and the number that it was is there."""
        self.setModified(False)
        self.set_value(self._value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down change the number along 1 - 2 - 5 - 10; what no number has is not taken."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.setText(self._text(_neighbour(self._value, event.key() == Qt.Key.Key_Up)))
            self.commit()
        elif not event.text().isprintable() or not event.text() or set(event.text().lower()) <= self._letters:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling past a field must not change it."""
        event.ignore()

    def commit(self) -> bool:
        """Enter what was typed; whether that is a number that may stand there."""
        typed = self.text().strip().lower()
        try:
            zero = self._description.zero
            plain = typed.replace(",", ".").replace("−", "-")
            value = 0.0 if zero and typed == zero else float(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
        except ValueError:
            self._mark(f"'{self.text()}' is not a number")
            return False
        description = self._description
        low, high, above = description.minimum, description.maximum, description.above
        fits = (low is None or value >= low) and (high is None or value <= high) and (above is None or value > above)
        if not fits or value != value:
            self._mark(f"{value:g} is out of range; it must be {description.range_text()}")
            return False
        self.setModified(False)
        self._mark("")
        self.setText(self._text(value))
        if value != self._value:
            self._value = value
            self.changed.emit(value)
        return True

    def _text(self, value: float) -> str:
        return self._description.shown_number(value) or number_text(value)

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
