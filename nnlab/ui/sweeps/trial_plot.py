"""A plot on which every trial is a point: coloured by how good it is, a cross where nothing came of it."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF

from nnlab.models.arrays import Array
from nnlab.ui.sweeps.column import Column
from nnlab.ui.sweeps.column_axis import ColumnAxis
from nnlab.ui.sweeps.picture import POINT
from nnlab.ui.sweeps.shades import SHADES, by_shade, shade_places, shades
from nnlab.ui.theme import Theme
from nnlab.ui.views.view import step_up

_RING = 17
# The share of an axis that is left free at both ends.
_PADDING = 0.04


class TrialPlot(pg.PlotItem):
    """Points lie at scaled values; the axes write the values."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False, axisItems={side: ColumnAxis(side) for side in ("left", "bottom")})
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.showGrid(x=True, y=True, alpha=0.12)
        # One item for every shade: brushes for each point take twice as long.
        self.scatters = [pg.ScatterPlotItem(size=POINT, symbol="o") for _ in range(SHADES)]
        self.crosses = pg.ScatterPlotItem(size=POINT, symbol="x")
        self.ring = pg.ScatterPlotItem(size=_RING, symbol="o", brush=None)
        self.points: Array = np.zeros((0, 2))
        for depth, item in enumerate((*self.scatters, self.crosses, self.ring)):
            item.setZValue(depth + 1)
            self.addItem(item, ignoreBounds=True)

    def show_axes(self, x: Column, y: Column, x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        """What lies on them, and from where to where, scaled."""
        for side, column in (("bottom", x), ("left", y)):
            self.getAxis(side).show_column(column)
        self.setRange(xRange=x_range, yRange=y_range, padding=_PADDING)

    def show_points(self, points: Array, goodness: Array, is_broken: Array) -> None:
        """Points (n, 2), scaled; those that are no numbers have no place."""
        self.points = points
        known = np.isfinite(points).all(axis=1)
        for scatter, chosen in zip(self.scatters, by_shade(shade_places(goodness), known & ~is_broken), strict=True):
            scatter.setData(x=points[chosen, 0], y=points[chosen, 1])
        crosses = points[known & is_broken]
        self.crosses.setData(x=crosses[:, 0], y=crosses[:, 1])

    def mark(self, place: int | None) -> None:
        """A ring around this point, or around none."""
        there = place is not None and place < len(self.points) and np.isfinite(self.points[place]).all()
        self.ring.setData(*([self.points[place, :1], self.points[place, 1:]] if there else ([], [])))

    def in_scene(self) -> Array:
        """Where the points lie (n, 2); NaN for those that have no place."""
        box = self.getViewBox()
        corner, other = box.mapViewToScene(QPointF(0, 0)), box.mapViewToScene(QPointF(1, 1))
        scale = np.array([other.x() - corner.x(), other.y() - corner.y()])
        found: Array = self.points * scale + (corner.x(), corner.y())
        return found

    def recolor(self, theme: Theme) -> None:
        """Points and axes."""
        for side in ("left", "bottom"):
            self.getAxis(side).recolor(theme)
        for scatter, color in zip(self.scatters, shades(theme), strict=True):
            scatter.setBrush(pg.mkBrush(color))
            scatter.setPen(pg.mkPen(theme.surface, width=0.5))
        self.crosses.setPen(pg.mkPen(theme.danger, width=1))
        self.crosses.setBrush(pg.mkBrush(theme.danger))
        self.ring.setPen(pg.mkPen(theme.text, width=2))


def reach(column: Column) -> tuple[float, float]:
    """From where to where the axis of a column goes, scaled: what came of trials grows in steps, so that nothing jumps."""
    low, high = column.span
    if column.levels:
        return low, high
    step = step_up(high - low) / 10
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)
