"""Validation at the ends of epochs: a line through all, and marks on as many of them as can be told apart."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnlab.models.arrays import Array
from nnlab.ui.theme import Theme
from nnlab.ui.views.curves.smoothing import envelope

# Pixels between two marks, and of one.
_APART, _SIZE = 14.0, 5


class EpochMarks:
    """On every epoch while there are few, then on every second, fifth, tenth...: of which each had one before."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self.line = plot.plot()
        self.marks = pg.ScatterPlotItem(symbol="o", size=_SIZE)
        plot.addItem(self.marks)
        self._drawn: tuple[object, ...] = ()
        self._marked: tuple[tuple[object, ...], int] | None = None
        # Of what and where it was last found how many have room: that takes a third of a millisecond.
        self._measured: tuple[object, ...] = ()
        self._ends = self._heights = np.empty(0)

    def begin(self) -> None:
        """Of another run."""
        self._drawn = ()
        self._marked = None
        self._measured = ()

    def apply_theme(self, theme: Theme) -> None:
        """Dashed, in the colour of text."""
        self.line.setPen(pg.mkPen(theme.text, width=1, style=Qt.PenStyle.DashLine))
        self.marks.setPen(pg.mkPen(theme.text))
        self.marks.setBrush(pg.mkBrush(theme.surface))

    def draw(self, ends: Array, values: Array, is_log: bool) -> None:
        """Only when there is something new. Values are above zero where the axis is logarithmic."""
        drawn = (len(ends), is_log, *((float(ends[-1]), float(values[-1])) if len(ends) else ()))
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self.line.setData(*envelope(ends, values))
        self._ends, self._heights = ends, np.log10(values) if is_log else values
        self.thin_out()

    def thin_out(self) -> None:
        """As many marks as have room; the axis or the plot may be another than before."""
        count, box = len(self._ends), self._plot.getViewBox()
        measured = (self._drawn, *box.viewRange()[0], box.width())
        if measured == self._measured:
            return
        self._measured = measured
        pixel = box.viewPixelSize()[0]
        between = (self._ends[-1] - self._ends[0]) / max(count - 1, 1) / pixel if count and pixel > 0 else _APART
        every = _rounded_up(_APART / between) if between > 0 else 1
        if (self._drawn, every) == self._marked:
            return
        self._marked = self._drawn, every
        # The first of them is the end of epoch `every`.
        places = np.arange(every - 1, count, every)
        self.marks.setData(self._ends[places], self._heights[places])


def _rounded_up(least: float) -> int:
    """The next of 1, 2, 5, 10, 20, ... at or above it."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power >= least - 1e-9:
                return digit * power
        power *= 10
