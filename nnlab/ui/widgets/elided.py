"""One line of text that ends in dots where it would be too long; hovering shows all of it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel


class Elided(QLabel):
    """As wide as its place, never wider."""

    def __init__(self, role: str = "") -> None:
        super().__init__()
        if role:
            self.setObjectName(role)
        self._whole = ""

    @property
    def whole(self) -> str:
        """The text with nothing left out."""
        return self._whole

    def set_text(self, text: str) -> None:
        """Show as much of a text as there is room for."""
        self._whole = text
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """It can be made as narrow as need be."""
        return QSize(1, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As much as fits now."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")
