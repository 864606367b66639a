"""Where everything of the network diagram lies: columns from left to right, units in them, lines between them.

Columns as far behind the input as each other, in branches, stand in one slot, each in its lane.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from nnlab.probes.columns import Column
from nnlab.probes.lanes import ranks_of
from nnlab.probes.mosaic import Mosaic, best_mosaic
from nnlab.ui.views.network.lanes import Band, bands_of, least_height

TOP = 40  # the captions
BOTTOM = 44  # the scales and the legend
SCALE = 20  # of it the scales
# Before a column in which branches are joined: the mark that says how.
JOINT = 26.0
_SIDE = 12
_LEAST_BODY = 48.0  # below which columns need the room of the legend
_MOST_IN_A_LIST = 32
_LEAST_PITCH = 9.0
_MOST_GAP = 280.0
_LEAST_GAP = 22.0
_LEAST_COLUMN, _WIDEST_COLUMN = 26.0, 360.0
_LARGEST_CELL = 40.0
_NEARLY_AS_LARGE = 0.8
# A column and its gap where there are branches.
_LEAST_NAMED = 58.0
# The points of a curve between two columns: how far across the gap it is at each t.
_T = np.linspace(0, 1, 65)
_ACROSS = 1.5 * _T * (1 - _T) + _T**3


@dataclass(frozen=True)
class Frame:
    """The place of one column.

    style: "list" of tiles one below the other, "cells" in a grid, one "picture", or "maps", a mosaic of channels.
    """

    style: str
    x: float
    y: float
    width: float
    height: float
    count: int
    pitch: float = 0.0  # of a list: from one tile to the next
    across: int = 1  # of cells: how many in a row
    channels: int = 1  # of a picture: the numbers of a pixel, side by side in its cell
    mosaic: Mosaic | None = None
    room: tuple[float, float] = (0.0, 0.0)  # from left to right, for the words above and below

    @property
    def rect(self) -> QRectF:
        """Around everything."""
        return QRectF(self.x, self.y, self.width, self.height)

    def unit_rect(self, unit: int) -> QRectF:
        """Of one unit: a tile, a cell, a channel's map."""
        if self.style == "list":
            return QRectF(self.x, self.y + unit * self.pitch, self.width, self.width)
        if self.mosaic is not None:
            column, row = self.mosaic.corner_of(unit)
            scale = self.width / self.mosaic.shape[1]
            size = (self.mosaic.width + 1) * scale, (self.mosaic.height + 1) * scale
            return QRectF(self.x + (column + 0.5) * scale, self.y + (row + 0.5) * scale, *size)
        side = self.width / self.across
        cell, channel = divmod(unit, self.channels)
        left, wide = self.x + cell % self.across * side, side / self.channels
        return QRectF(left + channel * wide, self.y + cell // self.across * side, wide, side)

    def unit_at(self, x: float, y: float) -> int | None:
        """The unit under a point."""
        if not self.rect.contains(QPointF(x, y)):
            return None
        if self.style == "list":
            unit = int((y - self.y) / self.pitch)
            return unit if unit < self.count and self.unit_rect(unit).contains(QPointF(x, y)) else None
        if self.mosaic is not None:
            scale = self.mosaic.shape[1] / self.width
            found = self.mosaic.tile_at((x - self.x) * scale, (y - self.y) * scale)
            return found[0] if found else None
        side = self.width / self.across
        along = self.across * self.channels
        unit = int((y - self.y) / side) * along + min(int((x - self.x) / self.width * along), along - 1)
        return unit if unit < self.count else None


def _body(height: float) -> float:
    """What captions and scales leave of a diagram's height, or of a lane's with the legend's below it."""
    return max(height - TOP - BOTTOM, 24.0)


def has_legend(height: float) -> bool:
    """Whether a diagram of this height has room for one below its columns."""
    return height - TOP - BOTTOM >= _LEAST_BODY


def height_of_all(height: float) -> float:
    """Of a diagram with its legend, which a low one does without."""
    return height if has_legend(height) else height + BOTTOM - SCALE


def is_list(count: int, height: float) -> bool:
    """Whether so many numbers are tiles one below the other, in a diagram of this height."""
    return _is_list(count, _body(height_of_all(height)))


def _is_list(count: int, body: float) -> bool:
    return count <= _MOST_IN_A_LIST and body / count >= _LEAST_PITCH


def slot_count(columns: Sequence[Column]) -> int:
    """How many columns stand behind each other."""
    return max(ranks_of(columns)) + 1


def has_branches(columns: Sequence[Column]) -> bool:
    """Whether some stand beside each other."""
    return any(column.lanes for column in columns)


def least_width(columns: Sequence[Column]) -> float:
    """What columns need to be told apart; of branches also the names, without which they are not read."""
    if has_branches(columns):
        return slot_count(columns) * _LEAST_NAMED + _joints(columns) + 2 * _SIDE
    return _narrowest(columns)


def least_lanes(columns: Sequence[Column]) -> float:
    """The height that branches beside each other need."""
    return least_height(columns) + BOTTOM - SCALE


def _narrowest(columns: Sequence[Column]) -> float:
    count = slot_count(columns)
    return count * _LEAST_COLUMN + (count - 1) * _LEAST_GAP + _joints(columns) + 2 * _SIDE


def _joints(columns: Sequence[Column]) -> float:
    return JOINT * len({rank for rank, column in zip(ranks_of(columns), columns, strict=True) if column.joins})


@dataclass
class _Slot:
    """Columns equally far behind the input: their own place, behind a joint where one of them has one."""

    width: float = 0.0
    joint: float = 0.0
    x: float = 0.0

    @property
    def left(self) -> float:
        """Where the columns begin."""
        return self.x + self.joint

    @property
    def right(self) -> float:
        """Where they end."""
        return self.left + self.width


def arrange(columns: Sequence[Column], width: float, height: float, left: float, right: float) -> tuple[Frame, ...]:
    """Frames for the columns in an area of this size; left and right are kept free for labels at the ends."""
    height = height_of_all(height)
    ranks, bands = ranks_of(columns), bands_of(columns, height - BOTTOM + SCALE)
    count = max(ranks) + 1
    area = max(width - 2 * _SIDE - left - right, 80.0)
    widest = min(max(0.55 * area / count, _LEAST_COLUMN), _WIDEST_COLUMN)
    # Very many columns are narrower, rather than off the edge.
    squeeze = min(area / (_narrowest(columns) - 2 * _SIDE), 1.0)
    own = [bands[column.lanes] for column in columns]
    frames = [
        _frame(column, widest * squeeze, _body(band.bottom - band.top + BOTTOM - SCALE))
        for column, band in zip(columns, own, strict=True)
    ]
    slots = [_Slot() for _ in range(count)]
    for rank, column, frame in zip(ranks, columns, frames, strict=True):
        slots[rank].width = max(slots[rank].width, frame.width)
        slots[rank].joint = max(slots[rank].joint, squeeze * JOINT * (column.joins is not None))
    _spread(slots, area, _SIDE + left, squeeze)
    placed = zip(ranks, frames, own, strict=True)
    return tuple(_placed(frame, slots, rank, band, width) for rank, frame, band in placed)


def _spread(slots: Sequence[_Slot], area: float, start: float, squeeze: float) -> None:
    """From left to right, with equal gaps."""
    gaps, taken = len(slots) - 1, sum(slot.joint + slot.width for slot in slots)
    gap = min(max((area - taken) / gaps, squeeze * _LEAST_GAP), _MOST_GAP) if gaps else 0.0
    x = start + max((area - taken - gap * gaps) / 2, 0)
    for slot in slots:
        slot.x = x
        x = slot.right + gap


def _placed(frame: Frame, slots: Sequence[_Slot], rank: int, band: Band, width: float) -> Frame:
    """The frame in its slot and its lane."""
    slot, body = slots[rank], _body(band.bottom - band.top + BOTTOM - SCALE)
    before, after = (slots[rank - 1] if rank else None), (slots[rank + 1] if rank + 1 < len(slots) else None)
    return replace(
        frame,
        x=slot.left + (slot.width - frame.width) / 2,
        y=band.top + TOP + (body - frame.height) / 2,
        room=(_border(before, slot) if before else 0.0, _border(slot, after) if after else width),
    )


def _border(before: _Slot, after: _Slot) -> float:
    """Where the words of one slot end and those of the next begin: half way, in the gap between them."""
    halfway = (before.left + before.width / 2 + after.left + after.width / 2) / 2
    return min(max(halfway, before.right + 3), after.x - 3)


def _frame(column: Column, widest: float, body: float) -> Frame:
    """A column's size, somewhere."""
    if len(column.shape) == 3 and not column.has_channels and column.shape[2] in (1, 3):
        return _picture_frame(column.shape, widest, body)
    if len(column.shape) == 3:
        down, wide, channels = column.shape
        mosaic = best_mosaic(channels, down, wide, widest / body)
        rows, across = mosaic.shape
        scale = min(widest / across, body / rows)
        return Frame("maps", 0, 0, across * scale, rows * scale, column.units, mosaic=mosaic)
    count = column.size
    if _is_list(count, body):
        largest = min(widest, 46.0 if count > 4 else 72.0)
        pitch = min(body / count, 1.3 * largest)
        side = min(largest, pitch - max(2.0, 0.12 * pitch))
        return Frame("list", 0, 0, side, pitch * (count - 1) + side, count, pitch=pitch)
    return _cells_frame(count, widest, body)


def _picture_frame(shape: tuple[int, ...], widest: float, body: float) -> Frame:
    height, width = shape[:2]
    scale = min(widest / width, body / height)
    # Whole numbers of screen pixels for each of the picture's, where there are several: none is then wider than others.
    scale = math.floor(scale) if scale >= 2 else scale
    count = height * width * shape[2]
    return Frame("picture", 0, 0, width * scale, height * scale, count, across=width, channels=shape[2])


def _cells_frame(count: int, widest: float, body: float) -> Frame:
    side = min(_LARGEST_CELL, math.sqrt(widest * body / count))
    side = math.floor(side) if side >= 2 else side
    across = max(1, math.ceil(count / max(int(body / side), 1)))
    # A full rectangle reads better than one with a ragged last row, also of somewhat smaller cells.
    for even in (n for n in range(across, 2 * across + 1) if count % n == 0):
        fitting = min(side, widest / even)
        fitting = math.floor(fitting) if fitting >= 2 else fitting
        if fitting >= _NEARLY_AS_LARGE * side:
            across, side = even, fitting
            break
    return Frame("cells", 0, 0, across * side, math.ceil(count / across) * side, count, across=across)


def curve(start: QPointF, end: QPointF) -> QPainterPath:
    """From unit to unit, level at both ends."""
    path, middle = QPainterPath(start), (start.x() + end.x()) / 2
    path.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)
    return path


def ends(before: Frame, frame: Frame, source: int, target: int) -> tuple[QPointF, QPointF]:
    """Where the line from a unit to one of the next column begins and ends."""
    first, second = before.unit_rect(source), frame.unit_rect(target)
    return QPointF(first.right(), first.center().y()), QPointF(second.left(), second.center().y())


def line_at(before: Frame, frame: Frame, x: float, y: float, reach: float = 7.0) -> tuple[int, int] | None:
    """The line between two lists that passes nearest to a point: (source, target)."""
    left, right = before.x + before.width, frame.x
    if not left < x < right:
        return None
    t = np.interp((x - left) / (right - left), _ACROSS, _T)
    share = 3 * t**2 - 2 * t**3
    starts = before.y + before.width / 2 + before.pitch * np.arange(before.count)
    stops = frame.y + frame.width / 2 + frame.pitch * np.arange(frame.count)
    rise = stops[None, :] - starts[:, None]
    # The distance across a steep line is smaller than the one straight up.
    slope = rise * 6 * t * (1 - t) / ((right - left) * (1.5 - 3 * t + 3 * t**2))
    distance = np.abs(starts[:, None] + rise * share - y) / np.sqrt(1 + slope**2)
    source, target = np.unravel_index(int(np.argmin(distance)), distance.shape)
    return (int(source), int(target)) if distance[source, target] <= reach else None
