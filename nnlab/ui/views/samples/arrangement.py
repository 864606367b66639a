"""What of the Samples view there is room for, and where it stands: the chains always, then filters, energies, the rest."""

from collections.abc import Sequence
from typing import NamedTuple

import pyqtgraph as pg

from nnlab.ui.views.samples.hidden_units import UnitPictures
from nnlab.ui.views.samples.plots import TracePlot
from nnlab.ui.widgets.flow import ANY_SIZE

# Pixels: a plot with its caption; the filters above the picture of hidden units; pictures beside plots, and above them.
_PLOT_HEIGHT, _UNITS_HEIGHT = 86, 230
_WIDTH_BESIDE, _LEAST_BESIDE, _HEIGHT_ABOVE = 560, 400, 340
_SHARE_BELOW, _MOST_BELOW = 0.4, 240
_SHARES = (5, 3, 3)


class Arrangement(NamedTuple):
    """What is shown: of the plots the first ones; `below` is the height they have under the pictures, 0 beside them."""

    has_hidden_units: bool
    plots: int
    below: int


def arrangement(width: float, height: float, plots: int) -> Arrangement:
    """In so many pixels, of so many plots."""
    if width < _WIDTH_BESIDE and height >= _HEIGHT_ABOVE:
        below = round(min(_SHARE_BELOW * height, _MOST_BELOW))
        return Arrangement(height - below >= _UNITS_HEIGHT, plots, below)
    least = 1 if width >= _LEAST_BESIDE else 0
    beside = int(height // _PLOT_HEIGHT) if width >= _WIDTH_BESIDE else least
    return Arrangement(height >= _UNITS_HEIGHT, min(max(beside, least), plots), 0)


class Arranged:
    """Puts chains, units and plots into a layout, anew whenever its size asks for it."""

    def __init__(self, layout: pg.GraphicsLayout, units: UnitPictures, plots: Sequence[TracePlot]) -> None:
        self._layout, self._units, self.plots = layout, units, plots
        self._group = pg.GraphicsLayout()
        self._group.setContentsMargins(0, 0, 0, 0)
        self._group.layout.setSpacing(4)
        layout.addItem(self._group, row=0, col=2)
        for place, plot in enumerate(plots):
            self._group.addItem(plot.caption, row=2 * place, col=0)
            self._group.addItem(plot, row=2 * place + 1, col=0)
        self.now = Arrangement(True, len(plots), 0)
        self._share_out()
        layout.geometryChanged.connect(self.fit)

    @property
    def is_wide(self) -> bool:
        """Whether words have room above the chains."""
        return bool(self._layout.size().width() >= _WIDTH_BESIDE)

    def fit(self) -> None:
        """As the layout's size is now."""
        size = self._layout.size()
        wanted = arrangement(size.width(), size.height(), len(self.plots))
        if wanted != self.now:
            before, self.now = self.now, wanted
            if bool(before.below) != bool(wanted.below):
                self._move()
            self._share_out()

    def _move(self) -> None:
        """Under the pictures the plots stand beside each other."""
        is_below = self.now.below > 0
        grid, group = self._layout.layout, self._group.layout
        grid.removeItem(self._group)
        grid.addItem(self._group, *((1, 0, 1, 2) if is_below else (0, 2, 1, 1)))
        for place, plot in enumerate(self.plots):
            for part, item in enumerate((plot.caption, plot)):
                group.removeItem(item)
                group.addItem(item, *((part, place) if is_below else (2 * place + part, 0)))
        for row in range(2 * len(self.plots)):
            group.setRowStretchFactor(row, row % 2)

    def _share_out(self) -> None:
        below, grid = self.now.below, self._layout.layout
        self._units.show_hidden_units(self.now.has_hidden_units)
        for place, plot in enumerate(self.plots):
            plot.setVisible(place < self.now.plots)
            plot.caption.setVisible(place < self.now.plots)
        self._group.setVisible(self.now.plots > 0)
        self._group.setMinimumHeight(below)
        self._group.setMaximumHeight(below or ANY_SIZE)
        shares = (*_SHARES[:2], 0 if below or not self.now.plots else _SHARES[2])
        for column, share in enumerate(shares):
            grid.setColumnStretchFactor(column, share)
            # Else what is left over is shared, and not the whole.
            grid.setColumnPreferredWidth(column, 20 * share)
        grid.setRowStretchFactor(0, 1)
