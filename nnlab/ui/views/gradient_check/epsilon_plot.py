"""The V: how the error of a difference depends on the size of its step."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnlab.models.gradient_check import TOLERANCE, EpsilonSweep
from nnlab.ui.theme import CLASS_COLORS, Theme
from nnlab.ui.views.view import color_axis

_LEAST_ERROR = 1e-12
_USED_STEP = 1e-5


class EpsilonPlot(pg.PlotItem):
    """Relative error against the step, both logarithmic, in float32 (dashed) and float64."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setLabel("bottom", "step ε")
        self.setLabel("left", "relative error")
        # The numbers are logarithms themselves: an axis of pyqtgraph's own would write 1e-05 at every decade.
        self.getAxis("bottom").setTicks([_powers(range(-10, 1, 2))])
        self.getAxis("left").setTicks([_powers(range(-12, 1, 2))])
        self.setRange(xRange=(-10, 0), yRange=(np.log10(_LEAST_ERROR), 0.4), padding=0.02)
        self._legend = self.addLegend(offset=(-8, -8))
        self.curves = {
            "float64": self.plot(pen=pg.mkPen(CLASS_COLORS[1], width=1), name="float64", symbol="o", symbolSize=5),
            "float32": self.plot(name="float32", symbol="t", symbolSize=6),
        }
        for (name, curve), color in zip(self.curves.items(), (CLASS_COLORS[1], CLASS_COLORS[0]), strict=True):
            style = Qt.PenStyle.SolidLine if name == "float64" else Qt.PenStyle.DashLine
            curve.setPen(pg.mkPen(color, width=1, style=style))
            curve.setSymbolBrush(color)
            curve.setSymbolPen(None)
        self._limit = pg.InfiniteLine(pos=np.log10(TOLERANCE), angle=0)
        self._used = pg.InfiniteLine(pos=np.log10(_USED_STEP), angle=90)
        self.addItem(self._limit)
        self.addItem(self._used)

    def draw(self, sweep: EpsilonSweep) -> None:
        """Both curves."""
        for name, curve in self.curves.items():
            error = np.clip(np.nan_to_num(getattr(sweep, name), nan=1.0), _LEAST_ERROR, 2.0)
            curve.setData(np.log10(sweep.epsilon), np.log10(error))

    def recolor(self, theme: Theme) -> None:
        """Axes, lines and the legend's text."""
        for side in ("left", "bottom"):
            color_axis(self.getAxis(side), theme)
        for line in (self._limit, self._used):
            line.setPen(pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DotLine))
        self._legend.setLabelTextColor(theme.text)


def _powers(exponents: range) -> list[tuple[float, str]]:
    return [(float(exponent), "1" if exponent == 0 else f"1e{exponent}") for exponent in exponents]
