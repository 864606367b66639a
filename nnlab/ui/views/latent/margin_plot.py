"""A plane of codes with the lines of linear machines in it."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from nnlab.models.arrays import Array
from nnlab.probes.analyses.latent_svm import LatentSVM, MachineScore
from nnlab.probes.magnitude import magnitude
from nnlab.ui.theme import CLASS_COLORS, CLASS_SYMBOLS, Theme, class_color
from nnlab.ui.views.parts.caption import Caption
from nnlab.ui.views.view import color_axis

_REACH = 3.0
# Beyond any picture.
_FAR = 1000.0


class MarginPlot(pg.PlotItem):
    """Standardised codes of two dimensions; for every class  w x + b = 0  solid and  w x + b = ±1  dashed.

    Dotted is where scikit-learn's machine has its  w x + b = 0.
    """

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.hideButtons()
        self.setAspectLocked(True)
        self.setLabel("bottom", "code 0, standardised")
        self.setLabel("left", "code 1, standardised")
        self.heading = Caption()  # goes above the plot
        self.scatters = [
            pg.ScatterPlotItem(size=5, symbol=CLASS_SYMBOLS[number], brush=class_color(number), pen=None)
            for number in range(len(CLASS_COLORS))
        ]
        styles = {"border": Qt.PenStyle.SolidLine, "margin": Qt.PenStyle.DashLine, "peer": Qt.PenStyle.DotLine}
        self.lines = {name: self._make_lines(style) for name, style in styles.items()}
        for scatter in self.scatters:
            self.addItem(scatter)

    def draw(self, result: LatentSVM, theme: Theme, is_low: bool = False) -> None:
        """Points and lines; in a low place with fewer words around them."""
        for side in ("left", "bottom"):
            color_axis(self.getAxis(side), theme)
            self.getAxis(side).showLabel(not is_low)
        words = "<br>w·x + b = 0 solid, ±1 dashed<br>scikit-learn: w·x + b = 0 dotted"
        self.heading.show_text(f"<b>margin</b>{'' if is_low else words}", theme)
        for number, scatter in enumerate(self.scatters):
            inside = result.labels % len(self.scatters) == number
            scatter.setPen(pg.mkPen(QColor(theme.surface), width=0.5))
            scatter.setData(x=result.points[inside, 0], y=result.points[inside, 1])
        for name, machine, levels in (
            ("border", result.own, (0.0,)),
            ("margin", result.own, (-1.0, 1.0)),
            ("peer", result.peer, (0.0,)),
        ):
            ends = line_ends(machine, levels)
            for number, item in enumerate(self.lines[name]):
                # Machines of the same colour share an item.
                some = [segment for place, segment in ends if place % len(CLASS_COLORS) == number]
                points = np.concatenate(some) if some else np.empty((0, 2))
                item.setData(points[:, 0], points[:, 1], connect="pairs")
        reach = max(_REACH, magnitude(result.points))
        self.setRange(xRange=(-reach, reach), yRange=(-reach, reach), padding=0)

    def _make_lines(self, style: Qt.PenStyle) -> list[pg.PlotCurveItem]:
        items = [pg.PlotCurveItem(pen=pg.mkPen(color, width=1, style=style)) for color in CLASS_COLORS]
        for item in items:
            item.setZValue(5)
            self.addItem(item, ignoreBounds=True)
        return items


def line_ends(machine: MachineScore, levels: tuple[float, ...]) -> list[tuple[int, Array]]:
    """For every class whose machine has a direction, and every level, two far points (2, 2) of  w x + b = level.

    Between two classes there is one border, of class 1.
    """
    weight, bias = machine.weight.astype(float), machine.bias.astype(float)
    classes = range(weight.shape[1]) if weight.shape[1] > 2 else [weight.shape[1] - 1]
    found = []
    for number in classes:
        w, length = weight[:, number], float(np.linalg.norm(weight[:, number]))
        if not length > 0:
            continue
        along = np.array([-w[1], w[0]]) / length * _FAR
        for level in levels:
            foot = w * (level - bias[number]) / length**2
            found.append((1 if len(classes) == 1 else number, np.stack([foot - along, foot + along])))
    return found
