"""How large a window is at first: as it would like to be, where the screen has room for that with its frame."""

from PySide6.QtCore import QMargins, QSize
from PySide6.QtWidgets import QWidget

from nnlab.ui.placing import FRAME


def begin_as_large(window: QWidget, size: tuple[int, int], least: tuple[int, int] | None = None) -> None:
    """Of this size; and never smaller than `least`, unless the screen is: at 200 % one of 1080 lines has 540."""
    room = room_on_screen(window)
    if least is not None:
        window.setMinimumSize(QSize(*least).boundedTo(room))
    window.resize(QSize(*size).boundedTo(room))


def room_on_screen(window: QWidget, frame: QMargins = FRAME) -> QSize:
    """What its screen has free, without a frame."""
    return window.screen().availableGeometry().marginsRemoved(frame).size()
