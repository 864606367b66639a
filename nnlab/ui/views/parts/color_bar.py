"""The colour bar that stands beside every signed picture."""

import numpy as np
import pyqtgraph as pg

from nnlab.ui.theme import Theme, signed_lut
from nnlab.ui.views.parts.number_axis import NumberAxis
from nnlab.ui.views.view import color_axis

# Pixels of the ramp, and with its numbers beside it.
_RAMP_WIDTH, BAR_WIDTH = 12, 66
_EDGES = 2
# Between two numbers: what is read of a bar is its ends and about where between them.
_GAP = 24


class SignedColorBar(pg.PlotItem):
    """The signed scale with its numbers."""

    def __init__(self, whole: bool = False) -> None:
        """whole: of counts, which have no halves"""
        self._bound = 0.0
        super().__init__(enableMenu=False, axisItems={"right": NumberAxis("right", whole, _GAP)})
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setFixedWidth(BAR_WIDTH)
        self.showAxis("right")
        # Numbers with other digits move nothing.
        self.getAxis("right").setWidth(BAR_WIDTH - _RAMP_WIDTH - _EDGES)
        self.hideAxis("left")
        self.hideAxis("bottom")
        self.getViewBox().setDefaultPadding(0)
        self._ramp = pg.ImageItem(np.arange(255, dtype=np.uint8)[:, None], axisOrder="row-major")
        self.addItem(self._ramp)

    def set_bound(self, bound: float) -> None:
        """From -bound to bound: most often as before, and then nothing is laid out or painted."""
        if bound == self._bound:
            return
        self._bound = bound
        self._ramp.setRect(0, -bound, 1, 2 * bound)
        self.setRange(xRange=(0, 1), yRange=(-bound, bound), padding=0)

    def recolor(self, theme: Theme) -> None:
        """Ramp and axis."""
        self._ramp.setLookupTable(signed_lut(theme))
        self._ramp.setLevels((0, 255))
        color_axis(self.getAxis("right"), theme)
