"""The question at the end of the window that compares, while a comparison is still being trained."""

from enum import Enum

from PySide6.QtWidgets import QWidget

from nnlab.ui.widgets.question import Button, ask


class Answer(Enum):
    """What is to become of the training, and of the window."""

    TRAIN_ON = "close, and train on"
    STOP = "close, and stop"
    STAY = "do not close"


_WORDS = {Button.Ok: "Keep training", Button.Discard: "Stop training", Button.Cancel: "Do not close"}
_ANSWERS = {Button.Ok: Answer.TRAIN_ON, Button.Discard: Answer.STOP, Button.Cancel: Answer.STAY}


def answer_of(window: QWidget | None, title: str) -> Answer:
    """Ask about the comparison of this title."""
    kept = "Its runs are kept in any case, and what was trained of them."
    return _ANSWERS[ask(window, "Close", f"{title} is still being trained.", kept, _WORDS, Button.Ok)]
