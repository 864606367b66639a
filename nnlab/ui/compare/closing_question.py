"""The question at the end of the window that compares, while a comparison is still being trained."""

from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

_TRAIN_ON, _STOP = QMessageBox.StandardButton.Ok, QMessageBox.StandardButton.Discard


class Answer(Enum):
    """What is to become of the training, and of the window."""

    TRAIN_ON = "close, and train on"
    STOP = "close, and stop"
    STAY = "do not close"


def answer_of(window: QWidget | None, title: str) -> Answer:
    """Ask about the comparison of this title."""
    box = QMessageBox(window)
    box.setWindowTitle("Close")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"{title} is still being trained.")
    box.setInformativeText("Its runs are kept in any case, and what was trained of them.")
    box.setStandardButtons(_TRAIN_ON | _STOP | QMessageBox.StandardButton.Cancel)
    box.button(_TRAIN_ON).setText("Train on")
    box.button(_STOP).setText("Stop training")
    box.setDefaultButton(_TRAIN_ON)
    answer = box.exec()
    # As a child of the window it would live as long as that.
    box.deleteLater()
    return Answer.TRAIN_ON if answer == _TRAIN_ON else Answer.STOP if answer == _STOP else Answer.STAY
