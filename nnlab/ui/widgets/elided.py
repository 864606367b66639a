"""One line of text that ends in dots where it would be too long; hovering shows all of it."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QToolTip

from nnlab.ui.widgets.explained import literally


class Elided(QLabel):
    """As wide as its place, never wider. Its `text` is the whole; only what is painted is cut."""

    def __init__(self, role: str = "", width: int = 0) -> None:
        """It would like to be as wide as its text, or always as wide as is given, so that other words move nothing."""
        super().__init__()
        self._width = width
        self._shorter: tuple[str, ...] = ()
        # What is painted is plain, and so is what is measured.
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setObjectName(role)

    def offer(self, text: str, *shorter: str) -> None:
        """A text; where there is no room for it another one that says the most important of it, the shortest last."""
        self.setText(text)
        self._shorter = shorter
        self.update()

    def setText(self, text: str) -> None:
        """One text alone."""
        self._shorter = ()
        super().setText(text)

    @property
    def shown(self) -> str:
        """As much of the text as there is room for."""
        metrics, width = self.fontMetrics(), self.contentsRect().width()
        texts = (self.text(), *self._shorter)
        fitting = next((text for text in texts if metrics.horizontalAdvance(text) <= width), texts[-1])
        return metrics.elidedText(fitting, Qt.TextElideMode.ElideRight, width)

    def sizeHint(self) -> QSize:
        """What it would like."""
        hint = super().sizeHint()
        return QSize(self._width or hint.width(), hint.height())

    def minimumSizeHint(self) -> QSize:
        """It can be made as narrow as need be."""
        return QSize(1, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, in the style sheet's font and colour."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.contentsRect(), self.alignment(), self.shown)

    def event(self, event: QEvent) -> bool:
        """A text that can be read in full needs no tooltip, unless it has one that says more."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and not self.toolTip():
            QToolTip.showText(event.globalPos(), literally(self.text()) if self.shown != self.text() else "", self)
            return True
        return super().event(event)
