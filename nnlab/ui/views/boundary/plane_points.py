"""The points of a plane: one plot item for each class, filled for those that learn, hollow for those held back."""

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtGui import QColor

from nnlab.datasets.dataset import Inputs
from nnlab.ui.theme import CLASS_SYMBOLS, LIGHT, Theme, class_color

_SIZE = 8
_RING = 18
_BATCH_RING = 13


class PlanePoints:
    """Items are made once for each class and kept: making plots anew leaks them."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._theme = LIGHT
        self._items: dict[tuple[bool, int], pg.ScatterPlotItem] = {}
        self.ring = pg.ScatterPlotItem(size=_RING, symbol="o", brush=None)
        self.batch = pg.ScatterPlotItem(size=_BATCH_RING, symbol="o", brush=None)
        for marks in (self.batch, self.ring):
            marks.setZValue(1)
            plot.addItem(marks)

    @property
    def items(self) -> list[pg.ScatterPlotItem]:
        """Those of the classes that learn in order, then those held back."""
        return [self._items[key] for key in sorted(self._items)]

    def show(self, places: Inputs, labels: npt.NDArray[np.intp], held: npt.NDArray[np.bool_]) -> None:
        """Points (N, 2), their classes (N,), and whether they are held back (N,)."""
        wanted = {(is_held, label) for is_held in (False, True) for label in range(int(labels.max(initial=-1)) + 1)}
        for key in wanted - set(self._items):
            self._items[key] = pg.ScatterPlotItem(size=_SIZE, symbol=CLASS_SYMBOLS[key[1] % len(CLASS_SYMBOLS)])
            self._plot.addItem(self._items[key])
            self._color(key)
        for (is_held, label), item in self._items.items():
            x, y = places[(labels == label) & (held == is_held)].T
            # The pen changes one class at a time: the others are not laid out anew (30 ms for 3,000 points).
            if not all(map(np.array_equal, item.getData(), (x, y))):
                item.setData(x=x, y=y)

    def mark(self, place: npt.NDArray[np.floating] | None) -> None:
        """A ring around one of them, or none."""
        self.ring.setData(x=[], y=[]) if place is None else self.ring.setData(x=place[:1], y=place[1:])

    def mark_batch(self, places: Inputs) -> None:
        """Thin rings around some of them (n, 2)."""
        if len(places) or len(self.batch.data):
            self.batch.setData(x=places[:, 0], y=places[:, 1])

    def recolor(self, theme: Theme) -> None:
        """Outlines that stand out from the ground."""
        self._theme = theme
        self.ring.setPen(pg.mkPen(theme.text, width=2))
        self.batch.setPen(pg.mkPen(theme.text, width=1))
        for key in self._items:
            self._color(key)

    def _color(self, key: tuple[bool, int]) -> None:
        is_held, label = key
        color, ground = class_color(label), QColor(self._theme.surface)
        self._items[key].setPen(pg.mkPen(color if is_held else ground, width=1.5 if is_held else 1))
        self._items[key].setBrush(ground if is_held else color)
