"""The colour bar that stands beside every signed picture."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QGraphicsSceneResizeEvent

from nnlab.ui.theme import Theme, signed_lut
from nnlab.ui.views.parts.number_axis import NumberAxis
from nnlab.ui.views.view import color_axis
from nnlab.words import figure

# Pixels of the ramp, and with its numbers beside it.
_RAMP_WIDTH, BAR_WIDTH = 12, 66
_EDGES = 2
# What is read of a bar is its ends and about where between them; in so few pixels of height the ends alone.
_NUMBERED, _ENDS, _LOW = (1.0, 0.5, 0.0, -0.5, -1.0), (1.0, 0.0, -1.0), 110


class SignedColorBar(pg.PlotItem):
    """The signed scale with its numbers."""

    def __init__(self, whole: bool = False) -> None:
        """whole: of counts, which have no halves"""
        self._bound, self._whole = 0.0, whole
        self._numbered: tuple[float, ...] = ()
        super().__init__(enableMenu=False, axisItems={"right": NumberAxis("right")})
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
        self.number()

    def resizeEvent(self, event: QGraphicsSceneResizeEvent | None = None) -> None:
        """It may have room for more numbers now, or for fewer."""
        super().resizeEvent(event)
        if self._bound:
            self.number()

    def number(self) -> None:
        """As many numbers as it has room for."""
        shares = _ENDS if self._whole or self.size().height() < _LOW else _NUMBERED
        wanted = tuple(share * self._bound for share in shares)
        if wanted != self._numbered:
            self._numbered = wanted
            self.getAxis("right").setTicks([[(value, figure(value, 3)) for value in wanted]])

    def recolor(self, theme: Theme) -> None:
        """Ramp and axis."""
        self._ramp.setLookupTable(signed_lut(theme))
        self._ramp.setLevels((0, 255))
        color_axis(self.getAxis("right"), theme)
