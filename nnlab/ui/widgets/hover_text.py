"""A painted widget that reads out whatever lies under the mouse."""

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget

from nnlab.ui.widgets.explained import literally


class HoverText(QWidget):
    """Hovering shows `text_at` the mouse as a tooltip."""

    def text_at(self, position: QPoint) -> str:
        """What lies under a point of the widget, in words; "" for nothing."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        """A tooltip is made when it is asked for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), literally(self.text_at(event.pos())), self)
            return True
        return super().event(event)
