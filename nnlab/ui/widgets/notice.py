"""A line above the stage that tells something; it stays until it is read."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from nnlab.ui.icons import icon
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.card import label


class NoticeLine(QFrame):
    """One sentence, perhaps with one thing to do about it, or two."""

    acted = Signal()
    acted_otherwise = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._text = label("")
        self._text.setWordWrap(True)
        self.button, self.other_button = QPushButton(), QPushButton()
        for button, acted in ((self.button, self.acted), (self.other_button, self.acted_otherwise)):
            # A click leaves the keys where they are: Space goes on to mean run and pause.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(acted)
        self._close = QToolButton()
        self._close.setObjectName("flat")
        self._close.setAccessibleName("Dismiss")
        self._close.clicked.connect(self.hide)
        self._close.clicked.connect(self.dismissed)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        row.addWidget(self.other_button)
        row.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown."""
        return self._text.text() if not self.isHidden() else ""

    def tell(self, sentence: str, action: str = "", other: str = "") -> None:
        """Show a sentence; with an action's name a button for it."""
        self._text.setText(sentence)
        for button, word in ((self.button, action), (self.other_button, other)):
            button.setText(word)
            button.setVisible(bool(word))
        self.show()

    def add_part(self, part: QWidget) -> None:
        """Something to show between the sentence and the button."""
        self._row.insertWidget(1, part)

    def apply_theme(self, theme: Theme) -> None:
        """The cross takes the text's colour."""
        self._close.setIcon(icon("close", theme.muted))
