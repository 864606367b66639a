"""A place that scrolls what is larger than itself."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Scrolled(QScrollArea):
    """Holds one widget, as large as the place, and never smaller than it can be read: then there are scroll bars."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pane")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # Arrow keys belong to the window; with Tab what gets the focus scrolls into sight by itself.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def hold(self, widget: QWidget) -> None:
        """Show this widget, which nothing else holds."""
        self.setWidget(widget)
        # It stands on the place's surface: Qt has just told it to paint the window's ground.
        widget.setAutoFillBackground(False)
        widget.show()

    def release(self) -> None:
        """Let go of the widget, hidden, so that another place can hold it."""
        widget = self.takeWidget()
        if widget is not None:
            widget.hide()
