"""One panel of the curves: raw and smoothed values of every step, and the validation at the ends of epochs."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg

from nnlab.models.arrays import Array
from nnlab.models.model import Phase
from nnlab.ui.theme import Theme
from nnlab.ui.views.curves.band import Band
from nnlab.ui.views.curves.band_item import BandItem
from nnlab.ui.views.curves.epoch_marks import EpochMarks
from nnlab.ui.views.curves.hand_marks import HandMarks
from nnlab.ui.views.curves.legend import STAR_COLOR
from nnlab.ui.views.curves.lines import Lines
from nnlab.ui.views.curves.log_axis import LogAxis
from nnlab.ui.views.curves.overlaid_lines import OverlaidLine, OverlaidLines
from nnlab.ui.views.curves.phase_marks import PhaseMarks
from nnlab.ui.views.curves.smoothing import pieces
from nnlab.ui.views.parts.number_axis import NumberAxis
from nnlab.ui.views.view import color_axis, step_up

# Of an axis' height: half the height of a number, so that the one at the end stands within the plot.
_ROOM_FOR_ONE, _MOST_ROOM_FOR_ONE = 0.09, 0.25
_HALF_A_NUMBER = 10.0  # pixels
# R2 knows no end below, and whatever lies there is bad.
_LOWEST_SCORE = -1.0
_NO_NUMBERS = np.empty(0)
_NOTHING = Lines(_NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS, _NO_NUMBERS)


class Panel:
    """One plot with its three curves, its star and its cursor. Of panels beside each other one has the labels of marks."""

    def __init__(self, is_score: bool = False, has_labels: bool = False) -> None:
        self.plot = pg.PlotItem(enableMenu=False, axisItems={"left": LogAxis("left"), "bottom": NumberAxis("bottom")})
        self.plot.hideButtons()
        self.plot.setMouseEnabled(False, False)
        self.plot.showGrid(y=True, alpha=0.15)
        self.is_score = is_score
        self.is_log = False
        self.raw = self.plot.plot()
        self.smooth = self.plot.plot()
        self.epochs = EpochMarks(self.plot)
        self.star = pg.ScatterPlotItem(symbol="star", size=16)
        self.star.setZValue(10)
        self.plot.addItem(self.star)
        self.band = BandItem()
        self.plot.addItem(self.band, ignoreBounds=True)
        self.overlaid = OverlaidLines()
        self.plot.addItem(self.overlaid, ignoreBounds=True)
        # The noise of the present run would hide what lies under it.
        self.raw.setZValue(-20)
        self.cursor, self.here = (pg.InfiniteLine(angle=90) for _ in range(2))
        for line in (self.cursor, self.here):
            line.hide()
            self.plot.addItem(line, ignoreBounds=True)
        self.marks = PhaseMarks(self.plot)
        self.by_hand = HandMarks(self.plot, has_labels)
        self.range: tuple[float, float] | None = None
        self.lines = _NOTHING
        self._overlaid_values = self._overlaid_late = _NO_NUMBERS
        self._best: tuple[tuple[float, float] | None, bool] | None = None
        if is_score:
            self.plot.getViewBox().sigResized.connect(self._make_room)

    def write_shares(self, on: bool) -> None:
        """Whether the numbers are shares, which are written as percentages."""
        self.plot.getAxis("left").is_share = on
        self.plot.getAxis("left").picture = None

    def begin(self, phases: tuple[Phase, ...]) -> None:
        """Forget the run before."""
        self.marks.begin(phases)
        self.range = None
        self.epochs.begin()
        self.cursor.hide()

    def set_log(self, on: bool) -> None:
        """The loss on a logarithmic axis."""
        self.is_log = on
        self.range = None
        self.plot.setLogMode(y=on)

    def apply_theme(self, theme: Theme) -> None:
        """Opaque pens: where a transparent line crosses itself, as a noisy one does, it is as dark as any."""
        self.raw.setPen(pg.mkPen(theme.faint, width=1))
        self.smooth.setPen(pg.mkPen(theme.accent, width=2))
        self.band.apply_theme(theme)
        self.epochs.apply_theme(theme)
        self.by_hand.apply_theme(theme)
        self.star.setPen(pg.mkPen(theme.surface))
        self.star.setBrush(pg.mkBrush(STAR_COLOR))
        self.cursor.setPen(pg.mkPen(theme.muted))
        self.here.setPen(pg.mkPen(theme.past, width=2))
        self.marks.apply_theme(theme)
        for side in ("left", "bottom"):
            color_axis(self.plot.getAxis(side), theme)
            self.plot.getAxis(side).label.setDefaultTextColor(pg.mkColor(theme.muted))

    def draw(self, lines: Lines, best: tuple[float, float] | None, show_raw: bool) -> None:
        """The lines of the run, and a star at its best epoch."""
        self.lines, changes = lines, list(lines.changes)
        self.marks.show(lines.borders)
        raw = pieces(lines.x, np.maximum(lines.raw, self._floor), changes) if show_raw else ([], [])
        self.raw.setData(*raw, connect="finite")
        x, mean, begun = lines.settled_means
        self.smooth.setData(*pieces(x, np.maximum(mean, self._floor), begun), connect="finite")
        self.epochs.draw(lines.ends, np.maximum(lines.validation, self._floor), self.is_log)
        self._draw_star(best)
        self._follow_range()

    def overlay(self, overlaid: Sequence[OverlaidLine]) -> None:
        """The lines of other runs under those of this one."""
        self.overlaid.show_lines(overlaid, self.is_log, self._floor)
        self._overlaid_values = _ends([part for line in overlaid for part in (line.lines.mean, line.lines.validation)])
        self._overlaid_late = _ends([_late(line.lines) for line in overlaid])
        self.range = None
        self._follow_range()

    def show_band(self, band: Band | None) -> None:
        """Several runs as one, under all others; None takes it away."""
        if band is None and self.band.band is None:
            return
        self.band.show_band(band, self.is_log, self._floor)
        self.range = None
        self._follow_range()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing between the axes."""
        return not len(_ends(self._all_values))

    @property
    def _all_values(self) -> tuple[Array, ...]:
        return self.lines.mean, self.lines.validation, self._overlaid_values, self._band_values

    @property
    def _band_values(self) -> Array:
        band = self.band.band
        return _NO_NUMBERS if band is None else np.concatenate([band.low, band.high])

    @property
    def _band_late(self) -> Array:
        band = self.band.band
        return _NO_NUMBERS if band is None else band.low[len(band.low) // 10 :]

    def height_of(self, value: float) -> float:
        """Where on the axis a value lies."""
        return float(np.log10(max(value, self._floor))) if self.is_log else value

    def _draw_star(self, best: tuple[float, float] | None) -> None:
        if (best, self.is_log) == self._best:
            return
        self._best = (best, self.is_log)
        if best is not None and np.isfinite(best).all():
            self.star.setData([best[0]], [self.height_of(best[1])])
        else:
            self.star.setData([], [])

    @property
    def _padding(self) -> float:
        """An axis with a grid leaves out a number that would reach beyond it, and of scores 1 is the one to see."""
        if not self.is_score:
            return 0.03
        # Of a low plot half a number is more than that share.
        height = float(self.plot.getViewBox().height())
        return min(max(_ROOM_FOR_ONE, _HALF_A_NUMBER / max(height - 2 * _HALF_A_NUMBER, 1.0)), _MOST_ROOM_FOR_ONE)

    @property
    def _floor(self) -> float:
        """A logarithm needs something above zero."""
        return 1e-12 if self.is_log else -np.inf

    def _follow_range(self) -> None:
        """The axis grows in steps and never shrinks, so that the picture does not breathe."""
        values = _ends(self._all_values)
        if not len(values):
            self._reach(*((0.0, 1.0) if self.is_score else (-1.0, 0.5) if self.is_log else (0.0, 3.0)))
            return
        low, high = float(values.min()), float(values.max())
        if self.is_score:
            # What the first tenth did is history: the axis follows the rest, in steps of a tenth.
            late = _ends([_late(self.lines), self._overlaid_late, self._band_late])
            lowest = max(float(np.min(late, initial=1.0)), _LOWEST_SCORE)
            wanted = (min(np.floor(lowest * 10) / 10, 0.9), 1.0)
        elif self.is_log:
            low, high = max(low, 1e-12), max(high, 1e-12)
            wanted = (-np.log10(step_up(1 / low)), np.log10(step_up(high)))
        else:
            # Of what can be below zero the axis has that, too.
            wanted = (-step_up(-low) if low < 0 else 0.0, step_up(high) if high > 0 or low >= 0 else 0.0)
        if self.range is not None and not self.is_score:
            wanted = (min(wanted[0], self.range[0]), max(wanted[1], self.range[1]))
        if wanted != self.range:
            self.range = wanted
            self._reach(*wanted)

    def _make_room(self) -> None:
        """Of another height another share is the room for a number."""
        if self.range is not None:
            self._reach(*self.range)

    def _reach(self, low: float, high: float) -> None:
        if self.is_score:
            # Room for the number at the end is no room for another: there is no accuracy of 1.02.
            self.plot.getAxis("left").bounds = (low, high)
        self.plot.setYRange(low, high, padding=self._padding)


def _ends(parts: Sequence[Array]) -> Array:
    """The lowest and the highest of their numbers; none where none is finite."""
    numbers = np.concatenate([_NO_NUMBERS, *parts])
    finite = numbers[np.isfinite(numbers)]
    return np.array([finite.min(), finite.max()]) if len(finite) else _NO_NUMBERS


def _late(lines: Lines) -> Array:
    """Without what the first tenth did."""
    return np.concatenate([lines.mean[len(lines.mean) // 10 :], lines.validation])
