"""The line above the stage where errors and waiting changes are told; it stays until it is read."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from nnlab.ui.icons import icon
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.card import label


class Notice(QFrame):
    """One sentence, perhaps with one thing to do about it."""

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._text = label("")
        self._text.setWordWrap(True)
        self._act = QPushButton()
        self._act.clicked.connect(self.acted)
        self._close = QToolButton()
        self._close.setObjectName("flat")
        self._close.setAccessibleName("Dismiss")
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.addWidget(self._text, 1)
        row.addWidget(self._act)
        row.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown."""
        return self._text.text() if self.isVisibleTo(self.parentWidget()) else ""

    def tell(self, sentence: str, action: str = "") -> None:
        """Show a sentence; with an action's name a button for it."""
        self._text.setText(sentence)
        self._act.setText(action)
        self._act.setVisible(bool(action))
        self.show()

    def apply_theme(self, theme: Theme) -> None:
        """The cross takes the text's colour."""
        self._close.setIcon(icon("close", theme.muted))
