"""Where training goes over to another phase: a line across the plot, and what begins there."""

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnlab.models.model import Phase
from nnlab.ui.theme import LIGHT, Theme


class PhaseMarks:
    """One line for each change of phase; lines are made once and used again."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._theme = LIGHT
        self._names: list[str] = []
        self.lines: list[pg.InfiniteLine] = []

    def begin(self, phases: tuple[Phase, ...]) -> None:
        """Of another run; nothing has been reached yet."""
        self._names = [phase.name for phase in phases[1:]]
        while len(self.lines) < len(self._names):
            options = {"position": 0.5, "anchors": [(0, 0.5), (0, 0.5)]}
            line = pg.InfiniteLine(angle=90, label="", labelOpts=options)
            self._plot.addItem(line, ignoreBounds=True)
            self.lines.append(line)
        for line in self.lines:
            line.hide()
        for name, line in zip(self._names, self.lines, strict=False):
            line.label.setFormat(name)
        self.apply_theme(self._theme)

    def show(self, borders: Sequence[float]) -> None:
        """At the last step of the phase before; a phase that has not begun has no line."""
        for place, line in zip(borders, self.lines, strict=False):
            line.setVisible(math.isfinite(place))
            if line.isVisible():
                line.setPos(place)

    def apply_theme(self, theme: Theme) -> None:
        """Quiet, as the axes are."""
        self._theme = theme
        for line in self.lines:
            line.setPen(pg.mkPen(theme.border, style=Qt.PenStyle.DashLine))
            line.label.setColor(theme.muted)
            # Legible over the curves.
            line.label.fill = pg.mkBrush(theme.surface)
            line.label.update()
