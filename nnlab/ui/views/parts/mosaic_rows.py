"""Mosaics with their captions on a board: under each other, or side by side where they are larger so."""

import math
from typing import NamedTuple

from PySide6.QtCore import QRectF

from nnlab.probes.mosaic import Mosaic, best_mosaic

_GAP = 10
_LARGEST_SCALE = 12
_CAPTION_HEIGHT = 34  # two lines of text
_LINE_HEIGHT = 17  # one, above a mosaic
_LEAST_CELL = 112  # pixels of width: a caption's
_LEAST_TILE = 14  # pixels: rather than smaller ones there are fewer
_FOR_MORE = 0.3  # by so much fewer tiles must be larger, both in the logarithm
_LARGE = 90  # pixels of a tile beyond which it need not be larger
_FOR_A_COLUMN = 0.06  # by so much tiles must be larger, in the logarithm, for each column more


class Placed(NamedTuple):
    """Where a row's mosaic lies on the board, and how many pixels of the screen one of its pixels takes."""

    mosaic: Mosaic
    x: float
    y: float
    scale: float
    room: float  # the height that the row has, of which the mosaic may take less

    @property
    def rect(self) -> QRectF:
        """The whole mosaic."""
        rows, columns = self.mosaic.shape
        return QRectF(self.x, self.y, columns * self.scale, rows * self.scale)

    def tile(self, number: int) -> QRectF:
        """The frame around one tile."""
        x, y = self.mosaic.corner_of(number)
        size = (self.mosaic.width + 1) * self.scale, (self.mosaic.height + 1) * self.scale
        return QRectF(self.x + (x + 0.5) * self.scale, self.y + (y + 0.5) * self.scale, *size)


class Captioned(NamedTuple):
    """A mosaic, and where its caption stands: at its left, or above it in one line."""

    placed: Placed
    caption: QRectF
    is_above: bool


def place_mosaics(shapes: list[tuple[int, int, int]], room: QRectF, beside: float) -> list[Captioned]:
    """Tiles (count, height, width) of each as large as there is room for, with captions `beside` pixels wide, or above.

    Where all of them would be too small to be made out, a mosaic has the first of them alone.
    """
    ways = [_under_each_other(shapes, room, beside)]
    most = max(1, min(len(shapes), int(room.width() // _LEAST_CELL)))
    ways += [_in_cells(shapes, room, columns) for columns in range(1, most + 1)]
    return max(ways, key=lambda way: _largeness(way, shapes, room))


def _largeness(way: list[Captioned], shapes: list[tuple[int, int, int]], room: QRectF) -> float:
    tiles = [min(each.placed.scale * max(each.placed.mosaic.height, each.placed.mosaic.width), _LARGE) for each in way]
    columns = len({each.caption.x() for each in way})
    fits = all(each.placed.rect.bottom() <= room.bottom() + 1 and each.caption.height() >= _LINE_HEIGHT - 1 for each in way)
    mean = sum(map(math.log, tiles)) / max(len(tiles), 1)
    shown = sum(math.log(each.placed.mosaic.count / count) for each, (count, *_) in zip(way, shapes, strict=True))
    many = _FOR_MORE * shown / max(len(tiles), 1)
    return mean + many - _FOR_A_COLUMN * (columns - 1) if fits else -math.inf


def most_rows(room: QRectF) -> int:
    """How many mosaics have room with captions above them and tiles that can be made out."""
    lines = int((room.height() + _GAP) // (_LINE_HEIGHT + _LEAST_TILE + _GAP))
    return max(1, lines) * max(1, int(room.width() // _LEAST_CELL))


def _under_each_other(shapes: list[tuple[int, int, int]], room: QRectF, beside: float) -> list[Captioned]:
    rows = place_rows(shapes, room.x() + beside, max(room.width() - beside, 40), room.height())
    found = []
    for placed in rows:
        top = placed.y + placed.scale - 2
        found.append(Captioned(placed, QRectF(room.x(), top, beside - 12, placed.room), is_above=False))
    return found


def _in_cells(shapes: list[tuple[int, int, int]], room: QRectF, columns: int) -> list[Captioned]:
    lines = -(-len(shapes) // columns)
    wide = (room.width() - _GAP * (columns - 1)) / columns
    tall = (room.height() - _GAP * (lines - 1)) / lines
    found = []
    for number, shape in enumerate(shapes):
        x = room.x() + number % columns * (wide + _GAP)
        y = room.y() + number // columns * (tall + _GAP)
        mosaic, scale = _fitted(shape, wide - 2, max(tall - _LINE_HEIGHT - 2, 4))
        placed = Placed(mosaic, float(round(x)) - scale + 1, float(round(y + _LINE_HEIGHT)) - scale + 1, scale, tall)
        found.append(Captioned(placed, QRectF(x, y, wide, _LINE_HEIGHT), is_above=True))
    return found


def _fitted(shape: tuple[int, int, int], width: float, height: float) -> tuple[Mosaic, float]:
    """At the largest whole scale; squeezed where there is room for none."""
    for scale in range(_LARGEST_SCALE, math.ceil(_LEAST_TILE / max(shape[1:])) - 1, -1):
        mosaic = _wrapped(shape, width, scale)
        if mosaic.shape[0] * scale <= height and mosaic.shape[1] * scale <= width:
            return mosaic, scale
    return _squeezed(shape, width, height)


def place_rows(shapes: list[tuple[int, int, int]], left: float, width: float, height: float) -> list[Placed]:
    """Rows of tiles (count, height, width) under each other, as large as the room allows; whole pixels stay sharp."""
    scales = _even_scales(shapes, width, height) or [0] * len(shapes)
    rooms = [max((height - 4 - _GAP * (len(shapes) - 1)) / max(len(shapes), 1), 16.0)] * len(shapes)
    found, y = [], 2.0  # room for the frame of a selected tile
    for shape, scale, room in zip(shapes, scales, rooms, strict=True):
        mosaic, exact = (_wrapped(shape, width, scale), scale) if scale else _squeezed(shape, width, room)
        tall = mosaic.shape[0] * exact
        room = max(tall, _CAPTION_HEIGHT) if scale else room
        # The gap before the first tile would push mosaics of other scales out of line.
        found.append(Placed(mosaic, left - exact, float(round(y)) - exact, exact, room))
        y += room + _GAP
    return found


def _even_scales(shapes: list[tuple[int, int, int]], width: float, height: float) -> list[int]:
    """Whole scales for all rows, the smallest tiles growing first while everything fits; none where not even 1 does."""
    scales = [1] * len(shapes)

    def used() -> float:
        talls = (_wrapped(shape, width, scale).shape[0] * scale for shape, scale in zip(shapes, scales, strict=True))
        return sum(max(tall, _CAPTION_HEIGHT) + _GAP for tall in talls) - _GAP

    if used() > height - 4 or any((tile + 1) > width for _, _, tile in shapes):
        return []
    growing = set(range(len(shapes)))
    while growing:
        row = min(growing, key=lambda at: (shapes[at][1] * scales[at], at))
        scales[row] += 1
        if used() > height - 4 or scales[row] > _LARGEST_SCALE or (shapes[row][2] + 1) * scales[row] > width:
            scales[row] -= 1
            growing.remove(row)
    return scales


def _wrapped(shape: tuple[int, int, int], width: float, scale: int) -> Mosaic:
    """At this scale as many tiles in a line as fit, and all lines equally long."""
    count, tall, wide = shape
    most = max(1, int(width / scale) // (wide + 1))
    return Mosaic(count, tall, wide, -(-count // -(-count // most)))


def _squeezed(shape: tuple[int, int, int], width: float, height: float) -> tuple[Mosaic, float]:
    """Where there is too little room for whole pixels; of tiles that would be too small the first ones."""
    mosaic = best_mosaic(*shape, width / height)
    rows, columns = mosaic.shape
    scale = min(width / columns, height / rows)
    count, tall, wide = shape
    if scale * max(tall, wide) >= _LEAST_TILE:
        return mosaic, scale
    largest = min(width / (wide + 2), height / (tall + 2))
    scale = min(_LEAST_TILE / max(tall, wide), largest) * (1 - 1e-9)
    lines, across = int((height / scale - 1) // (tall + 1)), int((width / scale - 1) // (wide + 1))
    few = min(count, lines * across)
    return Mosaic(few, tall, wide, min(across, few)), scale
