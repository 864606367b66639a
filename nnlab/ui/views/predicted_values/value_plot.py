"""A plot of many points and one line: predictions against what is true, residuals about zero, a function over its data."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt

from nnlab.models.arrays import Array
from nnlab.ui.theme import Theme
from nnlab.ui.views.parts.number_axis import NumberAxis
from nnlab.ui.views.view import color_axis, name_axis, step_up

_SIZE, _RING = 6, 16
NEAR = 8.0  # pixels from the mouse at which a point is meant
# So many times the range of what is true an axis reaches at most: what is beyond is only wrong.
_FARTHEST = 3.0


class ValuePlot(pg.PlotItem):
    """Points (n, 2), a line (m, 2), and a ring around one of the points. The axes change in steps."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False, axisItems={side: NumberAxis(side) for side in ("left", "bottom")})
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.showGrid(x=True, y=True, alpha=0.12)
        self.scatter = pg.ScatterPlotItem(size=_SIZE, symbol="o")
        self.ring = pg.ScatterPlotItem(size=_RING, symbol="o", brush=None)
        self.line = pg.PlotCurveItem(connect="finite")
        self.points = np.zeros((0, 2))
        for depth, item in enumerate((self.scatter, self.line, self.ring)):
            item.setZValue(depth)
            self.addItem(item, ignoreBounds=True)

    def name_axes(self, bottom: str, left: str) -> None:
        """As the data calls them."""
        name_axis(self, "bottom", bottom)
        name_axis(self, "left", left)

    def show_points(self, points: Array, line: Array) -> None:
        """Those that are numbers; the others have no place."""
        self.points = points
        known = points[np.isfinite(points).all(axis=1)]
        self.scatter.setData(x=known[:, 0], y=known[:, 1])
        self.line.setData(line[:, 0], line[:, 1])

    def show_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """From and to, on both axes."""
        self.setRange(xRange=x, yRange=y, padding=0.02)

    def mark(self, number: int | None) -> None:
        """A ring around this point, or around none."""
        place = self.points[number] if number is not None else np.full(2, np.nan)
        self.ring.setData(*([place[:1], place[1:]] if np.isfinite(place).all() else ([], [])))

    def nearest(self, scene_position: QPointF) -> int | None:
        """The point that the mouse means, if one is near."""
        box = self.getViewBox()
        if not box.sceneBoundingRect().contains(scene_position):
            return None
        point, pixel = box.mapSceneToView(scene_position), box.viewPixelSize()
        away = np.hypot((self.points[:, 0] - point.x()) / pixel[0], (self.points[:, 1] - point.y()) / pixel[1])
        away = np.nan_to_num(away, nan=np.inf)
        return int(away.argmin()) if len(away) and away.min() <= NEAR else None

    def recolor(self, theme: Theme, is_line_first: bool = False) -> None:
        """Where the line is what was learned it takes the ink, and the points step back."""
        for side in ("left", "bottom"):
            color_axis(self.getAxis(side), theme)
            self.getAxis(side).label.setDefaultTextColor(pg.mkColor(theme.muted))
        self.scatter.setBrush(pg.mkBrush(theme.faint_ink if is_line_first else theme.ink))
        self.scatter.setPen(pg.mkPen(theme.surface, width=0.5))
        dashed = pg.mkPen(theme.text, width=1, style=Qt.PenStyle.DashLine)
        self.line.setPen(pg.mkPen(theme.ink, width=2) if is_line_first else dashed)
        self.ring.setPen(pg.mkPen(theme.text, width=2))


def reach(known: Array, others: Array) -> tuple[float, float]:
    """From where to where an axis goes that shows what is true, and of the others what is not far beyond; in steps."""
    known = known[np.isfinite(known)]
    if not len(known):
        return -1.0, 1.0
    low, high = float(known.min()), float(known.max())
    span = high - low or abs(high) or 1.0
    # Compared before it is clipped: what is infinite lies beyond.
    near = np.clip(np.nan_to_num(others, nan=low), low - _FARTHEST * span, high + _FARTHEST * span)
    low, high = min(low, float(near.min(initial=low))), max(high, float(near.max(initial=high)))
    if low == high:
        low, high = low - span / 2, high + span / 2
    step = step_up(high - low) / 10
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)


def reach_about_zero(values: Array, most: float) -> tuple[float, float]:
    """As far below zero as above it, so far as most values go, in steps."""
    sizes = np.abs(values[np.isfinite(values)])
    end = step_up(min(float(sizes.max(initial=0.0)), _FARTHEST * most))
    return -end, end
