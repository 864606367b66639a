"""The right part of a view, which goes below the others where they are too narrow."""

import pyqtgraph as pg
from PySide6.QtWidgets import QGraphicsWidget

from nnlab.ui.widgets.flow import ANY_SIZE


class RightPart:
    """Stands at the right of a layout with one row; in one narrower than `width` it is a second row, so high.

    shares: of the width, for each column    height: pixels of what is below
    """

    def __init__(
        self,
        layout: pg.GraphicsLayout,
        item: QGraphicsWidget,
        shares: tuple[int, ...],
        width: int,
        height: int,
    ) -> None:
        self._grid = layout.layout
        self._item = item
        self._shares = shares
        self._width = width
        self._height = height
        self.is_below = False
        self._is_shown = True
        layout.addItem(item, row=0, col=len(shares) - 1)
        self._share_out()

    def fit(self, width: int) -> None:
        """Arrange it for a layout so wide."""
        if (width < self._width) == self.is_below:
            return
        self.is_below = not self.is_below
        last = len(self._shares) - 1
        self._grid.removeItem(self._item)
        place = (1, 0, 1, last) if self.is_below else (0, last, 1, 1)
        self._item.setMinimumHeight(self._height if self.is_below else 0)
        self._item.setMaximumHeight(self._height if self.is_below else ANY_SIZE)
        self._grid.addItem(self._item, *place)
        self._share_out()

    def show(self, is_shown: bool) -> None:
        """Without it the others have its room."""
        self._is_shown = is_shown
        self._item.setVisible(is_shown)
        self._share_out()

    def _share_out(self) -> None:
        shares = self._shares if self._is_shown and not self.is_below else (*self._shares[:-1], 0)
        for column, share in enumerate(shares):
            self._grid.setColumnStretchFactor(column, share)
        self._grid.setRowStretchFactor(0, 1)
