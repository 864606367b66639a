"""How large each layer's steps are beside its weights, over the steps of a run."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnlab.ui.theme import CLASS_COLORS, Theme
from nnlab.ui.views.parts.caption import Caption
from nnlab.ui.views.parts.number_axis import NumberAxis, power_text
from nnlab.ui.views.view import color_axis

# A step of a thousandth of the weights is what goes well as a rule; far above it training is rough, far below slow.
GUIDE = -3.0
_SMALLEST = -12.0
_DASH = 0.025  # of the axis, for a single step
_MEANING = (
    "How far the last step moved each layer's weights, as a share of their size. About a thousandth, the dashed line, "
    "goes well as a rule; far above it training is rough, far below slow."
)


class RatioPlot(pg.PlotItem):
    """One line for each row on a logarithmic axis, and the guide at 10^-3."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False, axisItems={"bottom": NumberAxis("bottom", whole=True)})
        self.setMouseEnabled(False, False)
        self.setToolTip(_MEANING)
        self.hideButtons()
        self.showGrid(y=True, alpha=0.15)
        self.heading = Caption()  # goes above the plot
        self.setLabel("bottom", "step")
        self.getAxis("left").setWidth(38)
        self.guide = pg.InfiniteLine(GUIDE, angle=0)
        self.addItem(self.guide, ignoreBounds=True)
        self.lines: list[pg.PlotCurveItem] = []
        self._range: tuple[float, ...] = ()

    def begin(self) -> None:
        """A new run: the axes start afresh."""
        self._range = ()
        for line in self.lines:
            line.clear()

    def show_ratios(self, steps: list[int], ratios: np.ndarray, last_step: float) -> None:
        """ratios (steps, rows); NaN leaves a gap."""
        with np.errstate(divide="ignore", invalid="ignore"):
            heights = np.log10(ratios)
        heights[~np.isfinite(heights)] = np.nan
        at = np.asarray(steps, float)
        if len(at) == 1:
            # A line through one point would not be seen.
            at, heights = np.array([at[0], at[0] + _DASH * (last_step - at[0])]), heights.repeat(2, axis=0)
        while len(self.lines) < heights.shape[1]:
            color = CLASS_COLORS[len(self.lines) % len(CLASS_COLORS)]
            line = pg.PlotCurveItem(pen=pg.mkPen(color, width=1), connect="finite")
            self.lines.append(line)
            self.addItem(line, ignoreBounds=True)
        for row, line in enumerate(self.lines):
            if row < heights.shape[1] and not np.isnan(heights[:, row]).all():
                line.setData(at, heights[:, row])
            elif line.xData is not None:
                line.clear()
        self._follow_range(heights[np.isfinite(heights)], float(steps[0]), last_step)

    def recolor(self, theme: Theme) -> None:
        """Axes, heading and guide."""
        for side in ("left", "bottom"):
            color_axis(self.getAxis(side), theme)
            self.getAxis(side).label.setDefaultTextColor(pg.mkColor(theme.muted))
        self.heading.show_text("<b>update / weights</b>", theme)
        self.guide.setPen(pg.mkPen(theme.text, width=1, style=Qt.PenStyle.DashLine))

    def _follow_range(self, heights: np.ndarray, first: float, last: float) -> None:
        """Whole decades, never narrower than they were, so that the picture does not breathe."""
        low = max(float(np.floor(heights.min(initial=GUIDE - 1))), _SMALLEST)
        high = float(np.ceil(heights.max(initial=GUIDE + 1)))
        if self._range:
            low, high = min(low, self._range[2]), max(high, self._range[3])
        wanted = (first, last, low, high)
        if wanted != self._range:
            self._range = wanted
            every = max(1, int((high - low) // 6))
            decades = [at for at in range(int(low), int(high) + 1) if (at - int(GUIDE)) % every == 0]
            self.getAxis("left").setTicks([[(at, power_text(at)) for at in decades]])
            self.setRange(xRange=(first, last), yRange=(low, high), padding=0.02)
