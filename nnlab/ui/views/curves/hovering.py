"""The mouse over the curves: a line at the step next to it in every panel, and what all runs say there."""

import numpy as np
from PySide6.QtCore import QPointF

from nnlab.ui.views.curves.floating_readout import FloatingReadout
from nnlab.ui.views.curves.overlay import Overlay
from nnlab.ui.views.curves.panel import Panel
from nnlab.ui.views.curves.panels import Panels
from nnlab.ui.views.curves.reading import Figure, Shown, reading_at
from nnlab.ui.widgets.canvas import NOWHERE, Canvas
from nnlab.words import figure, loss_text

# So near, in pixels, a mark has to be to be meant.
_NEAR = 6.0
_FEW = 64


class Hovering:
    """While the mouse is elsewhere it costs nothing; while it stays here, what it says follows the training."""

    def __init__(self, canvas: Canvas, panels: Panels, overlay: Overlay) -> None:
        self._canvas, self._panels, self._overlay = canvas, panels, overlay
        self.readout = FloatingReadout(canvas)
        self.position = NOWHERE

    def follow(self, position: QPointF, shown: Shown, shows_batches: bool) -> None:
        """The mouse is there in the scene."""
        self.position = position
        panel = next((panel for panel in self._panels.values() if panel.plot.sceneBoundingRect().contains(position)), None)
        reading = nearest = None
        if panel is not None:
            box = panel.plot.getViewBox()
            nearest = self._overlay.nearest(panel, position)
            figures = [self._figure(name, each, shown, shows_batches) for name, each in self._panels.items()]
            reach = _NEAR * box.viewPixelSize()[0]
            reading = reading_at(shown, figures, box.mapSceneToView(position).x(), reach)
        self._overlay.emphasize(nearest)
        for each in self._panels.values():
            each.cursor.setVisible(reading is not None)
            if reading is not None:
                each.cursor.setPos(reading.x)
        self.readout.tell(reading, self._canvas.mapFromScene(position), nearest)

    def leave(self) -> None:
        """It is over nothing any more."""
        self.position = NOWHERE
        for panel in self._panels.values():
            panel.cursor.hide()
        self.readout.hide()

    def _figure(self, name: str, panel: Panel, shown: Shown, shows_batches: bool) -> Figure:
        """The learning rate is one number a run: it has no batches and no validation."""
        title = panel.plot.getAxis("left").labelText
        others = {line.number: line.lines for line in panel.overlaid.shown}
        text = {"score": shown.history.score.text, "free_energy": figure, "learning_rate": figure}.get(name, loss_text)
        lines = panel.lines
        # A few of them tell whether it is smoothed at all: batches that are whole epochs are their own means.
        few = slice(None, None, max(len(lines.raw) // _FEW, 1))
        has_batches = shows_batches and not np.array_equal(lines.raw[few], lines.mean[few], equal_nan=True)
        return Figure(title, text, lines, others, has_batches)
