"""A line at the foot of a window that tells what has happened; beside what was saved, a button that opens its folder."""

from typing import Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from nnlab.ui.widgets.elided import Elided


class Saves(Protocol):
    """Whoever saves files, and tells where (`Files`)."""

    @property
    def message(self) -> SignalInstance:
        """A sentence: something that has happened, or could not be done."""

    @property
    def written(self) -> SignalInstance:
        """The same sentence once more, where it says what was saved."""

    def open_folder(self) -> None:
        """Show what was saved last in the system's own browser of files."""


class ToldLine(QWidget):
    """Hidden while there is nothing to tell. It hears what was saved or failed to be, whichever window it was asked in."""

    def __init__(self, files: Saves) -> None:
        super().__init__()
        self._said, self.button = Elided("muted"), QPushButton("Open folder")
        self.button.setToolTip("The folder of what was saved, in the system's own browser of files")
        self.button.setAutoDefault(False)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(files.open_folder)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._said, 1)
        row.addWidget(self.button)
        files.message.connect(self.setText)
        files.written.connect(self._tell_written)
        self.setText("")

    def text(self) -> str:
        """The sentence."""
        return self._said.text()

    def setText(self, sentence: str) -> None:
        """Something that has happened, or how far it is."""
        self._said.setText(sentence)
        self.button.hide()
        self.setVisible(bool(sentence))

    def _tell_written(self, sentence: str) -> None:
        self.setText(sentence)
        self.button.show()
