"""Typing which runs are meant; what cannot be read is told below the field, and the list stays as it was."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLabel, QLineEdit

from nnlab.errors import SettingError
from nnlab.experiments.journal.filtering import EXAMPLE, Term, parse_filter
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.explained import explain

# Who types has not finished before that.
_PAUSE_MILLISECONDS = 150


class FilterField(QLineEdit):
    """`changed` with the terms once a person has stopped typing."""

    changed = Signal(object)  # tuple of Terms

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Which runs to show")
        self.setPlaceholderText(f"Find: {EXAMPLE}")
        self.setClearButtonEnabled(True)
        explain(
            self,
            f"Terms that must all hold, such as {EXAMPLE}\nA word alone is looked for in names, tags, notes and data; tag = "
            "baseline, star, step > 1000. Settings are called as in files.",
        )
        self.trouble: QLabel = label("", "error")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.terms: tuple[Term, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MILLISECONDS)
        self._timer.timeout.connect(self._read)
        self.textChanged.connect(lambda _: self._timer.start())

    def try_with(self, use: Callable[[tuple[Term, ...]], None]) -> None:
        """Do something by the terms; where no run knows a name, that is told, and nothing is done."""
        try:
            use(self.terms)
        except SettingError as error:
            self._tell(str(error))
        else:
            self._tell(self._wrong)

    def _read(self) -> None:
        try:
            self.terms, self._wrong = parse_filter(self.text()), ""
        except SettingError as error:
            self._wrong = str(error)
            self._tell(self._wrong)
            return
        self.changed.emit(self.terms)

    _wrong = ""

    def _tell(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))
