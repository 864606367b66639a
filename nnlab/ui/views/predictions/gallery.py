"""Pictures in rows with room for captions, all in one image."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF

from nnlab.ui.theme import Theme, rgb

_PICTURE_PIXELS = 76
# So many times as large where so few are to be seen that all have room; rather more room than it takes, so that a few more
# or fewer of them do not change the size back and forth.
LARGER = (3.0, 2.0, 1.5)
_SPARE = 1.3
# Where they have not, the size of these which fills most of the area.
_USUAL = (1.0, 1.1, 0.9, 0.82)
_CAPTION_WIDTH = 92
_WIDEST_CAPTION = 150
_CAPTION_HEIGHT = 34
_GAP = 12
_LARGEST_SCALE = 24
_MOST_TILES = 150


@dataclass(frozen=True)
class Gallery:
    """Table and rows of cells, `across` by `down` pixels of the image each, which the screen shows `scale` times as large.

    Of every picture each `stride`-th pixel is shown: it is scaled down if it is large.
    """

    height: int
    width: int
    columns: int
    rows: int
    across: int
    down: int
    scale: int
    stride: int

    @property
    def count(self) -> int:
        """How many pictures there is room for."""
        return min(self.columns * self.rows, _MOST_TILES)

    @property
    def filled(self) -> float:
        """Pixels of the screen that are pictures, where there are enough of them."""
        picture = self.picture_of(0)
        return self.count * picture.width() * picture.height()

    @property
    def extent(self) -> QRectF:
        """The whole, in pixels of the screen."""
        return QRectF(0, 0, self.columns * self.across * self.scale, self.rows * self.down * self.scale)

    def assemble(self, pictures: np.ndarray, theme: Theme) -> np.ndarray:
        """One picture in colours from pictures (n, height, width, channels) of bytes, on the theme's surface."""
        cells = np.empty((self.rows * self.columns, self.down, self.across, 3), np.uint8)
        cells[...] = rgb(theme.surface)
        if len(pictures):
            few = pictures[:, :: self.stride, :: self.stride]
            # Two channels are shown as the first alone.
            cells[: len(few), : few.shape[1], : few.shape[2]] = few if few.shape[3] == 3 else few[..., :1]
        grid = cells.reshape(self.rows, self.columns, self.down, self.across, 3).swapaxes(1, 2)
        return np.ascontiguousarray(grid.reshape(self.rows * self.down, self.columns * self.across, 3))

    def picture_of(self, tile: int) -> QRectF:
        """Where a picture is on the screen."""
        row, column = divmod(tile, self.columns)
        tall, wide = (-(-size // self.stride) * self.scale for size in (self.height, self.width))
        return QRectF(column * self.across * self.scale, row * self.down * self.scale, wide, tall)

    def frame_of(self, tile: int) -> QRectF:
        """A frame along the edge of a picture: inside, for around it the sheet's own edge would cut it off."""
        return self.picture_of(tile).adjusted(1, 1, -1, -1)

    def caption_of(self, tile: int) -> QRectF:
        """The room below a picture."""
        picture = self.picture_of(tile)
        return QRectF(picture.x(), picture.bottom() + 2, self.across * self.scale - _GAP / 2, _CAPTION_HEIGHT)

    def tile_at(self, x: float, y: float) -> int | None:
        """The tile whose picture or caption is there."""
        column, row = int(x // (self.across * self.scale)), int(y // (self.down * self.scale))
        if not (0 <= column < self.columns and 0 <= row < self.rows):
            return None
        tile = row * self.columns + column
        return tile if tile < self.count and self.picture_of(tile).united(self.caption_of(tile)).contains(x, y) else None


def gallery_of(
    count: int, larger: float, shape: tuple[int, int], width: float, height: float, caption: float
) -> tuple[Gallery, float]:
    """For so many pictures that all are to be seen: as large as they can be, or where they have no room as usual; and how
    many times the usual that is. `larger` is what it was before.
    """
    for size in LARGER:
        gallery = gallery_for(shape, width, height, caption, pixels=size * _PICTURE_PIXELS)
        if 0 < count * (1.0 if size <= larger else _SPARE) <= gallery.count:
            return gallery, size
    usual = [gallery_for(shape, width, height, caption, pixels=size * _PICTURE_PIXELS) for size in _USUAL]
    return max(usual, key=lambda gallery: gallery.filled), 1.0


def gallery_for(
    shape: tuple[int, int],
    width: float,
    height: float,
    caption: float = _CAPTION_WIDTH,
    is_drawn: bool = False,
    pixels: float = _PICTURE_PIXELS,
) -> Gallery:
    """As many pictures of this shape (height, width), with captions so wide, as an area holds at a legible size.

    Those that are drawn for the screen are shown pixel by pixel.
    """
    tall, wide = shape
    stride = 1 if is_drawn else max(1, math.ceil(max(shape) / pixels))
    tall, wide = -(-tall // stride), -(-wide // stride)
    scale = 1 if is_drawn else min(max(1, round(pixels / max(tall, wide))), _LARGEST_SCALE)
    across = math.ceil(max(wide * scale + _GAP, min(max(caption, _CAPTION_WIDTH), _WIDEST_CAPTION)) / scale)
    down = math.ceil((tall * scale + _CAPTION_HEIGHT + _GAP) / scale)
    columns = max(1, int(width // (across * scale)))
    # Below the last row no gap is needed.
    rows = max(1, 1 + int((height - tall * scale - 2 - _CAPTION_HEIGHT) // (down * scale)))
    return Gallery(*shape, columns, rows, across, down, scale, stride)
