"""A line or more of text above a plot."""

import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnlab.ui.theme import Theme


class Heading(pg.LabelItem):
    """Takes the width there is: pyqtgraph's own label makes its plot as wide as its text."""

    def __init__(self) -> None:
        super().__init__(justify="left")

    def show_text(self, html: str, theme: Theme) -> None:
        """In the theme's colour."""
        self.setText(html, color=theme.text, size="9pt")

    def updateMin(self) -> None:
        """As high as the text, and never wider than its place."""
        height = self.itemRect().height()
        self.setMinimumWidth(1)
        self.setMinimumHeight(height)
        self._sizeHint = {Qt.SizeHint.MinimumSize: (1, height), Qt.SizeHint.PreferredSize: (1, height)}
        self.updateGeometry()
