"""Many small pictures in one image: one item is drawn ten times as fast as one item per picture."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_NEARLY_AS_LARGE = 0.88


@dataclass(frozen=True)
class Mosaic:
    """Where the tiles of a mosaic lie: so many columns, each tile this large, one pixel between them."""

    count: int
    height: int
    width: int
    columns: int

    @property
    def rows(self) -> int:
        """Rows of tiles."""
        return -(-self.count // self.columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Pixels of the whole (height, width), with a gap around every tile."""
        return self.rows * (self.height + 1) + 1, self.columns * (self.width + 1) + 1

    def assemble(self, tiles: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """One picture, first row at the top, from tiles (count, height, width); NaN in the gaps."""
        whole = np.full((self.rows * self.columns, self.height + 1, self.width + 1), np.nan, np.float32)
        whole[: self.count, 1:, 1:] = tiles
        grid = whole.reshape(self.rows, self.columns, self.height + 1, self.width + 1).swapaxes(1, 2)
        framed = np.full(self.shape, np.nan, np.float32)
        framed[:-1, :-1] = grid.reshape(self.shape[0] - 1, self.shape[1] - 1)
        return framed

    def tile_at(self, x: float, y: float) -> tuple[int, int, int] | None:
        """(tile, row, column) under a point of the picture, y downwards; None in a gap or outside."""
        column, across = divmod(math.floor(x), self.width + 1)
        row, down = divmod(math.floor(y), self.height + 1)
        tile = row * self.columns + column
        if across == 0 or down == 0 or not (0 <= column < self.columns and row >= 0) or tile >= self.count:
            return None
        return tile, down - 1, across - 1

    def corner_of(self, tile: int) -> tuple[int, int]:
        """(x, y) of the gap at the upper left of a tile."""
        row, column = divmod(tile, self.columns)
        return column * (self.width + 1), row * (self.height + 1)

    def frame_of(self, tile: int) -> tuple[float, float, float, float]:
        """(x, y, width, height) close around a tile: in the middle of the gap, or nearer where the tile is flat."""
        x, y = self.corner_of(tile)
        away = min(0.5, 0.1 * min(self.width, self.height))
        return x + 1 - away, y + 1 - away, self.width + 2 * away, self.height + 2 * away


def best_mosaic(count: int, height: int, width: int, aspect: float) -> Mosaic:
    """The arrangement with which the tiles are largest in an area of this aspect (width / height); where that leaves half a
    row empty or more, one that leaves fewer places, if its tiles are nearly as large.
    """

    def scale(rows: int) -> float:
        columns = -(-count // rows)
        return min(aspect / (columns * (width + 1)), 1.0 / (rows * (height + 1)))

    def empty(rows: int) -> int:
        return -(-count // rows) * rows - count

    rows = max(range(1, count + 1), key=scale)
    if 2 * empty(rows) >= -(-count // rows):
        near = [other for other in range(1, count + 1) if scale(other) >= _NEARLY_AS_LARGE * scale(rows)]
        rows = min(near, key=lambda other: (empty(other), -scale(other)))
    return Mosaic(count, height, width, -(-count // rows))
