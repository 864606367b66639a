"""Words in the middle of a plot while it is empty: they are never cut, and take no line of their own."""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from nnlab.ui.widgets.canvas import Canvas

_MARGIN = 16


class Said(QLabel):
    """As large as the plot; it wraps, and the mouse goes through it."""

    def __init__(self, canvas: Canvas, plot: pg.PlotItem) -> None:
        super().__init__(canvas)
        self._canvas, self._box = canvas, plot.getViewBox()
        self.setObjectName("muted")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._box.sigResized.connect(self._place)
        self.hide()

    def setText(self, text: str) -> None:
        """Nothing is said where there is none."""
        super().setText(text)
        self._place()
        self.setVisible(bool(text))

    def _place(self, *_: object) -> None:
        place = self._canvas.mapFromScene(self._box.sceneBoundingRect()).boundingRect()
        self.setGeometry(place.adjusted(_MARGIN, 0, -_MARGIN, 0))
