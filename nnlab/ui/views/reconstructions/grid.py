"""Where pictures of examples lie: columns of tiles above each other, in as many bands as there is room for."""

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF

CAPTIONS = 92  # pixels for the names of the rows
FIGURE_LINE = 15
_FIGURES, _CLASS_ALONE = 37, 22  # pixels below a column for its class, its error and the bar; without its error
_ROOM_FOR_ERROR = 48  # pixels of a tile's width under which an error would be cut
_MOST_SHOWN = 40
_ENOUGH = 6
_SMALL = 24  # pixels of a tile below which fewer examples are better than smaller ones
_LARGE = 200  # and beyond which more examples are better than larger ones
_UNEVEN = 48  # under which pixels that are not all equally large would be seen
_SCALES = (48, 32, 24, 16, 12, 10, 8, 7, 6, 5, 4.5, 4, 3.5, 3, 2.5, 2, 1.5, 1, 0.75, 0.5, 0.25, 0.125, 0.0625)


class Grid(NamedTuple):
    """Table of examples, in bands below each other; each band has `rows` tiles in a column, a pixel's gap around each."""

    columns: int
    bands: int
    rows: int
    height: int
    width: int
    scale: float

    @property
    def band_height(self) -> float:
        """With the figures below the tiles."""
        return (self.rows * (self.height + 1) + 1) * self.scale + (_FIGURES if self.tells_errors else _CLASS_ALONE)

    @property
    def tells_errors(self) -> bool:
        """Whether the error of each example has room below its column."""
        return self.width * self.scale >= _ROOM_FOR_ERROR

    @property
    def step(self) -> float:
        """From one column to the next."""
        return (self.width + 1) * self.scale

    def column(self, number: int) -> QRectF:
        """All tiles of one example."""
        band, column = divmod(number, self.columns)
        tall = self.rows * (self.height + 1) * self.scale
        half = self.scale / 2
        return QRectF(CAPTIONS + column * self.step + half, band * self.band_height + half, self.step, tall)

    def first_tile(self, number: int) -> QRectF:
        """The tile of one example that stands on top."""
        column, wide, tall = self.column(number), self.width * self.scale, self.height * self.scale
        return QRectF(column.left() + self.scale / 2, column.top() + self.scale / 2, wide, tall)

    def tile_at(self, point: QPointF) -> tuple[int, int, int, int] | None:
        """(example, row of tiles, row, column) under a point; None in a gap or outside."""
        band, y = divmod(point.y(), self.band_height)
        x = (point.x() - CAPTIONS) / self.scale
        column, across = divmod(int(x // 1), self.width + 1)
        row, down = divmod(int(y / self.scale), self.height + 1)
        is_inside = 0 <= column < self.columns and 0 <= row < self.rows and 0 <= band < self.bands
        return (int(band) * self.columns + column, row, down - 1, across - 1) if is_inside and across and down else None


def best_grid(rows: int, height: int, width: int, room: tuple[float, float]) -> Grid:
    """The scale at which enough examples fill most of the room, none of them larger than need be."""
    grids = []
    for scale in _SCALES:
        columns = int((room[0] / scale - 1) // (width + 1))
        one = Grid(max(columns, 1), 1, rows, height, width, scale)
        if scale > 1 and scale % 1 and height * scale < _UNEVEN:
            continue
        bands = int(room[1] // one.band_height)
        if columns >= 1 and bands >= 1:
            bands = min(bands, max(1, _MOST_SHOWN // columns))
            grids.append(one._replace(columns=min(columns, _MOST_SHOWN), bands=bands))
    legible = [grid for grid in grids if height * grid.scale >= _SMALL]
    enough = [grid for grid in legible if grid.columns * grid.bands >= _ENOUGH]
    small = [grid for grid in enough if height * grid.scale <= _LARGE]
    # In too small a room: the most that can be read, or else a single tile as large as it may be.
    fallback = legible[-1:] or grids[:1] or [Grid(1, 1, rows, height, width, _SCALES[-1])]
    return max(small or enough or fallback, key=lambda grid: grid.columns * grid.bands * grid.scale**2.4)


def assembled(colors: np.ndarray, gap: str) -> np.ndarray:
    """Tiles (rows, columns, height, width, 3) as one picture with a pixel's gap around each."""
    rows, columns, height, width, _ = colors.shape
    surface = [int(gap[at : at + 2], 16) for at in (1, 3, 5)]
    whole = np.empty((rows * (height + 1) + 1, columns * (width + 1) + 1, 3), np.uint8)
    whole[:] = surface
    tiles = np.empty((rows, height + 1, columns, width + 1, 3), np.uint8)
    tiles[:] = surface
    tiles[:, 1:, :, 1:] = colors.swapaxes(1, 2)
    whole[:-1, :-1] = tiles.reshape(rows * (height + 1), columns * (width + 1), 3)
    return whole
