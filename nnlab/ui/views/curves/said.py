"""Words in the middle of a plot while it is empty: they are never cut, and take no line of their own."""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from nnlab.ui.widgets.canvas import Canvas

_MARGIN = 16
_UNTIMED = "When these steps were made is not known: they come from before nnlab kept the time."
_ONE_STEP = "One step was made: from the second one on lines are drawn."


def why_no_line(steps: int, has_places: bool, is_alone: bool) -> str:
    """Why nothing is drawn of so many steps, "" where something is: a line needs two ends. is_alone: nor of other runs."""
    if steps and not has_places:
        return _UNTIMED
    return _ONE_STEP if steps == 1 and is_alone else ""


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
