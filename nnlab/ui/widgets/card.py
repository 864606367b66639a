"""A titled surface: the one kind of frame the window has."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnlab.ui.widgets.explained import literally


def surface() -> QFrame:
    """A bordered surface without a title."""
    frame = QFrame()
    frame.setObjectName("card")
    return frame


class Card(QFrame):
    """A bordered surface with a bold title, a muted note at the right of it, and a body.

    A dense one has lower rows, for where much must be in sight at once.
    """

    def __init__(self, title: str, parent: QWidget | None = None, dense: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setProperty("dense", dense)
        self.setAccessibleName(title)
        self._title = label(title, "title")
        self._note = label("", "muted")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 5 if dense else 8, 12, 6 if dense else 12)
        self.body.setSpacing(4 if dense else 8)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._note)
        self.body.addLayout(head)

    def mark_title(self, role: str) -> None:
        """Show the title in another role of the style sheet: "title" or "changed"."""
        set_role(self._title, role)

    def explain_note(self, text: str) -> None:
        """What is read under the mouse."""
        self._note.setToolTip(literally(text))

    def set_note(self, text: str) -> None:
        """The muted text at the right of the title."""
        self._note.setText(text)


def set_role(widget: QWidget, role: str) -> None:
    """Give a label or a frame another role of the style sheet."""
    if widget.objectName() != role:
        widget.setObjectName(role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def label(text: str, role: str = "") -> QLabel:
    """A label in one of the style sheet's roles: title, muted, headline, error. What it says is never markup."""
    made = QLabel(text)
    # Qt would guess, and run a name out of somebody's file as HTML.
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setObjectName(role)
    return made
