"""Words above a plot or a picture of a canvas."""

import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnlab.ui.theme import Theme


class Caption(pg.LabelItem):
    """Claims no width, and wraps in the one it is given: pyqtgraph's own label makes its column as wide as its text."""

    def __init__(self, html: str = "") -> None:
        super().__init__(html, justify="left", size="9pt")

    # Of plots beside each other, which are to begin at the same height.
    _beside: tuple["Caption", ...] = ()

    def stand_beside(self, *others: "Caption") -> None:
        """From now on be as high as the highest of these."""
        self._beside = others
        self.updateMin()

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
        """As high as its lines or those beside it, as narrow as need be."""
        height = max(caption.itemRect().height() for caption in (self, *self._beside))
        self.setMinimumWidth(1)
        self.setMinimumHeight(height)
        hints = Qt.SizeHint
        self._sizeHint = {hints.MinimumSize: (1, height), hints.PreferredSize: (1, height), hints.MaximumSize: (-1, -1)}
        self.updateGeometry()
        for caption in self._beside:
            if caption.minimumHeight() != height:
                caption.updateMin()
