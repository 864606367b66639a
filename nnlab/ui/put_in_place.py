"""Puts a window where it was left, on a screen that is there; the first one has all of the screen that it can use."""

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from nnlab.ui.placing import LEAST, brought_back, fills, first_place
from nnlab.ui.remembered import remembered_frame


def put_in_place(window: QMainWindow, memory: QSettings) -> None:
    """By what the last window left behind."""
    geometry, frame = memory.value("geometry"), remembered_frame(memory)
    if isinstance(geometry, QByteArray) and window.restoreGeometry(geometry):
        screens = (window.screen(), *QGuiApplication.screens())
        outside = window.geometry().marginsAdded(frame)
        back = brought_back(outside, [screen.availableGeometry() for screen in screens])
        if back != outside and not window.isMaximized() and not window.isFullScreen():
            window.setGeometry(back.marginsRemoved(frame))
        return
    available = window.screen().availableGeometry()
    window.setGeometry(first_place(available, frame))
    if fills(available, LEAST):
        window.setWindowState(Qt.WindowState.WindowMaximized)
