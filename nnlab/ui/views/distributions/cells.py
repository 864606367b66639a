"""Where the pictures of Distributions lie: a row for each layer, a column for each quantity."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF

from nnlab.probes.distributions import BINS
from nnlab.ui.views.distributions.spread import Spread

TITLE, FOOT = 20, 18
HEADER = 17
_GAP = 5
_NOW = 40  # pixels of the histogram of now
_NARROW = 130  # pixels of a column
# With less height for a row than this its name stands at its left, and how far it reaches is told by hovering.
_WITH_HEADER = 44
LEAST_ROW, _CLOSE_GAP = 13, 3
_NAMES = 76  # pixels, of the names at the left


class Cell(NamedTuple):
    """Where the heat map and the histogram of one quantity of one row lie, and over which values -2^e ... 2^e they go."""

    quantity: str
    row: int  # of the answer
    place: int  # among the rows shown
    heat: QRectF
    now: QRectF
    exponent: int
    is_signed: bool
    has_header: bool = True

    @property
    def bins(self) -> slice:
        """The bins shown: of what is never negative the upper half."""
        return slice(0 if self.is_signed else BINS // 2, BINS)

    @property
    def is_narrow(self) -> bool:
        """Whether there is no room for many words."""
        return self.heat.width() < _NARROW


def lay_out(rows: Sequence[int], spreads: Mapping[str, Spread], width: float, height: float) -> list[Cell]:
    """All cells in so much room; of low rows without headers, and without the line below them."""
    tall = (height - TITLE - FOOT) / max(len(rows), 1)
    has_headers = tall >= _WITH_HEADER
    left, head, gap = (0, HEADER, _GAP) if has_headers else (_NAMES, 0, _CLOSE_GAP)
    if not has_headers:
        tall = (height - TITLE) / max(len(rows), 1)
    wide = (width - 8 - left) / len(spreads)
    cells = []
    for index, row in enumerate(rows):
        for column, (quantity, spread) in enumerate(spreads.items()):
            x, y = round(left + column * wide), round(TITLE + index * tall + head)
            below = max(round(TITLE + (index + 1) * tall) - y - gap, 4)
            bars = _NOW if wide > _NARROW else _NOW // 2
            heat = QRectF(x, y, max(round(wide) - bars - 20, 8), below)
            now = QRectF(heat.right() + 2, y, bars, below)
            cells.append(Cell(quantity, row, index, heat, now, spread.exponents[index], spread.signed[index], has_headers))
    return cells


def least_height(rows: int) -> int:
    """At which so many rows can be told apart."""
    return TITLE + rows * LEAST_ROW
