"""The V: how the error of a difference depends on the size of its step."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnlab.models.gradient_check import EPSILON, TOLERANCE, EpsilonSweep
from nnlab.ui.theme import CLASS_COLORS, Theme
from nnlab.ui.views.parts.caption import Caption
from nnlab.ui.views.parts.number_axis import PowerAxis
from nnlab.ui.views.view import color_axis

_LEAST_ERROR = 1e-12
_AXIS_WIDTH = 62  # pixels: its name, and 10⁻¹⁰
_COLORS = (CLASS_COLORS[1], CLASS_COLORS[0])


class EpsilonPlot(pg.PlotItem):
    """Relative error against the step, both logarithmic, in float32 (dashed) and float64.

    Dotted are the tolerance, and the step that the check takes.
    """

    def __init__(self) -> None:
        super().__init__(enableMenu=False, axisItems={side: PowerAxis(side) for side in ("left", "bottom")})
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setLabel("bottom", "step ε of the difference")
        self.setLabel("left", "relative error")
        # Left to itself it is widened when it is first painted, and the pictures beside it move.
        self.getAxis("left").setWidth(_AXIS_WIDTH)
        self.setRange(xRange=(-10, 0), yRange=(np.log10(_LEAST_ERROR), 0.4), padding=0.02)
        self.heading = Caption()  # goes above the plot
        self.curves = {
            "float64": self.plot(symbol="o", symbolSize=5),
            "float32": self.plot(symbol="t", symbolSize=6),
        }
        for (name, curve), color in zip(self.curves.items(), _COLORS, strict=True):
            style = Qt.PenStyle.SolidLine if name == "float64" else Qt.PenStyle.DashLine
            curve.setPen(pg.mkPen(color, width=1, style=style))
            curve.setSymbolBrush(color)
            curve.setSymbolPen(None)
        self._limit = pg.InfiniteLine(pos=np.log10(TOLERANCE), angle=0)
        self._used = pg.InfiniteLine(pos=np.log10(EPSILON), angle=90)
        self.addItem(self._limit)
        self.addItem(self._used)

    def draw(self, sweep: EpsilonSweep) -> None:
        """Both curves."""
        for name, curve in self.curves.items():
            error = np.clip(np.nan_to_num(getattr(sweep, name), nan=1.0), _LEAST_ERROR, 2.0)
            curve.setData(np.log10(sweep.epsilon), np.log10(error))

    def recolor(self, theme: Theme) -> None:
        """Axes, lines and the legend above them."""
        for side in ("left", "bottom"):
            color_axis(self.getAxis(side), theme)
        for line in (self._limit, self._used):
            line.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DotLine))
        signs = zip(("●", "▼"), _COLORS, self.curves, strict=True)
        legend = "&nbsp; ".join(f"<span style='color:{color}'>{sign}</span>&nbsp;{name}" for sign, color, name in signs)
        self.heading.show_text(f"<b>Error of the difference by its step</b> &nbsp;{legend}", theme)
