"""A field for whole numbers, in which 0 may be a word: "off", "all"."""

import math
import re

from PySide6.QtCore import QSize
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QSpinBox

_AROUND = 5  # pixels of border and padding above and below the letters
_PERCENT = " %"
_REAL = re.compile(r"\d*[.,]?\d*")


class WholeNumber(QSpinBox):
    """A whole number that the wheel scrolls past. Where 0 stands for a word that is shown, and may be typed."""

    def __init__(self, zero: str = "") -> None:
        super().__init__()
        self._zero = zero
        if zero:
            # Of the least number alone, which is 0 wherever it stands for something.
            self.setSpecialValueText(zero)
        # A style sheet's padding does not reach the line edit inside.
        self.lineEdit().setTextMargins(6, 0, 6, 0)

    def sizeHint(self) -> QSize:
        """As high as any other field: Qt would have it higher by the buttons that it does not show."""
        least = self.lineEdit().sizeHint().height() + _AROUND
        return QSize(super().sizeHint().width(), max(self.minimumHeight(), least))

    def minimumSizeHint(self) -> QSize:
        """The same height."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolling past a field must not change it."""
        event.ignore()

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """The word, or what it begins with, besides numbers."""
        typed = self._bare(text)
        if self._zero and typed and self._zero.startswith(typed):
            whole = typed == self._zero
            return (QValidator.State.Acceptable if whole else QValidator.State.Intermediate), text, place
        found = super().validate(text, place)
        if _REAL.fullmatch(typed) and (not isinstance(found, tuple) or found[0] is QValidator.State.Invalid):
            # To swallow what does not fit would leave another number than was meant: 0.5 would be 5.
            return QValidator.State.Intermediate, text, place
        return found

    def fixup(self, text: str) -> str:
        """The nearest number that fits; 0.5 of a field of percents is a half."""
        typed = self._bare(text)
        if not _REAL.fullmatch(typed) or not any(map(str.isdigit, typed)):
            return self._entered
        number = float(typed.replace(",", "."))
        if self.suffix() == _PERCENT and 0 < number < 1 and not typed.isdigit():
            number *= 100
        nearest = min(max(math.floor(number + 0.5), self.minimum()), self.maximum())
        return f"{self.prefix()}{self.textFromValue(nearest)}{self.suffix()}"

    def valueFromText(self, text: str) -> int:
        """0 for the word."""
        return 0 if self._zero and self._bare(text) == self._zero else super().valueFromText(text)

    def _bare(self, text: str) -> str:
        """What was typed: Qt puts the unit behind it while it is."""
        return text.removesuffix(self.suffix()).strip().lower()

    @property
    def is_typing(self) -> bool:
        """Whether something stands there that was typed and is not entered yet."""
        return self.lineEdit().isModified() and self.lineEdit().text() != self._entered

    @property
    def awaits_space(self) -> bool:
        """Whether what was typed is the beginning of the word, or of what follows on a number, and a space comes next."""
        typed = self.lineEdit().text()[: self.lineEdit().cursorPosition()].lower()
        # Behind a number the sign of percents may be typed, as it stands there.
        is_before_sign = self.suffix() == _PERCENT and bool(_REAL.fullmatch(typed))
        return self.is_typing and (self._zero.startswith(f"{typed} ") or is_before_sign)

    def commit(self) -> bool:
        """Enter what was typed."""
        self.interpretText()
        return True

    def revert(self) -> None:
        """What was typed is gone, and the number that it was is there."""
        self.lineEdit().setText(self._entered)

    @property
    def _entered(self) -> str:
        if self._zero and not self.value():
            return self._zero
        return f"{self.prefix()}{self.textFromValue(self.value())}{self.suffix()}"
