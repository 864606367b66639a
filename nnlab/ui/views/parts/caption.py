"""Words above a plot or a picture of a canvas."""

import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnlab.ui.theme import Theme


class Caption(pg.LabelItem):
    """Claims no width, and wraps in the one it is given: pyqtgraph's own label makes its column as wide as its text."""

    def __init__(self, html: str = "") -> None:
        super().__init__(html, justify="left", size="9pt")

    def recolor(self, theme: Theme) -> None:
        """In the theme's muted colour."""
        self.setText(self.text, color=theme.muted)

    def show_text(self, html: str, theme: Theme) -> None:
        """Other words, in the theme's colour of texts."""
        self.setText(html, color=theme.text, size="9pt")

    def resizeEvent(self, event: object) -> None:
        """Another width may want more lines, or fewer."""
        width = self.size().width()
        if width > 1 and width != self.item.textWidth():
            self.item.setTextWidth(width)
            self.updateMin()
        super().resizeEvent(event)

    def updateMin(self) -> None:
        """As high as its lines, as narrow as need be."""
        height = self.itemRect().height()
        self.setMinimumWidth(1)
        self.setMinimumHeight(height)
        hints = Qt.SizeHint
        self._sizeHint = {hints.MinimumSize: (1, height), hints.PreferredSize: (1, height), hints.MaximumSize: (-1, -1)}
        self.updateGeometry()
