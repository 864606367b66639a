"""What another thread has to say to the person."""

from PySide6.QtCore import QObject, Signal


class Complaints(QObject):
    """A signal crosses to the window's thread by itself; a call would not."""

    said = Signal(str)  # a sentence to show
