"""A question in a box of its own, whose buttons say what they do."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

Button = QMessageBox.StandardButton


def ask(
    window: QWidget | None, title: str, text: str, question: str, words: Mapping[Button, str], default: Button
) -> Button:
    """Which of these buttons was pressed; Cancel where the box was ended otherwise, as by a signal."""
    box = QMessageBox(window)
    box.setWindowTitle(title)
    # It may hold a name out of a file.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(question)
    for button, word in words.items():
        box.addButton(button).setText(word)
    box.setDefaultButton(default)
    answer = box.exec()
    # As a child of the window it would live as long as that.
    box.deleteLater()
    return next((button for button in words if button == answer), Button.Cancel)
