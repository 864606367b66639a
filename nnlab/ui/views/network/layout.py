"""Where everything of the network diagram lies: columns from left to right, units in them, lines between them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from nnlab.probes.columns import Column
from nnlab.ui.views.parts.mosaic import Mosaic, best_mosaic

TOP = 40  # the captions
BOTTOM = 44  # the scales and the legend
_SIDE = 12
_MOST_IN_A_LIST = 32
_LEAST_PITCH = 9.0
_MOST_GAP = 280.0
_LEAST_GAP = 22.0
_LEAST_COLUMN = 26.0
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
    """What captions and scales leave of a diagram's height."""
    return max(height - TOP - BOTTOM, 40.0)


def is_list(count: int, height: float) -> bool:
    """Whether so many numbers are tiles one below the other, in a diagram of this height."""
    return count <= _MOST_IN_A_LIST and _body(height) / count >= _LEAST_PITCH


def least_width(columns: int) -> float:
    """What so many columns need to be told apart."""
    return columns * _LEAST_COLUMN + (columns - 1) * _LEAST_GAP + 2 * _SIDE


def arrange(columns: Sequence[Column], width: float, height: float, left: float, right: float) -> tuple[Frame, ...]:
    """Frames for the columns in an area of this size; left and right are kept free for labels at the ends."""
    body = _body(height)
    area = max(width - 2 * _SIDE - left - right, 80.0)
    widest = min(max(0.55 * area / len(columns), _LEAST_COLUMN), 220.0)
    # Very many columns are narrower, rather than off the edge.
    squeeze = min(area / (least_width(len(columns)) - 2 * _SIDE), 1.0)
    widest *= squeeze
    frames = [_frame(column, widest, height) for column in columns]
    gaps = len(columns) - 1
    free = area - sum(frame.width for frame in frames)
    gap = min(max(free / gaps, squeeze * _LEAST_GAP), _MOST_GAP) if gaps else 0.0
    used = sum(frame.width for frame in frames) + gap * gaps
    x = _SIDE + left + max((area - used) / 2, 0)
    placed = []
    for frame in frames:
        placed.append(replace(frame, x=x, y=TOP + (body - frame.height) / 2))
        x += frame.width + gap
    return tuple(placed)


def _frame(column: Column, widest: float, height: float) -> Frame:
    """A column's size, somewhere."""
    body = _body(height)
    if len(column.shape) == 3 and not column.has_channels and column.shape[2] in (1, 3):
        return _picture_frame(column.shape, widest, body)
    if len(column.shape) == 3:
        down, wide, channels = column.shape
        mosaic = best_mosaic(channels, down, wide, widest / body)
        rows, across = mosaic.shape
        scale = min(widest / across, body / rows)
        return Frame("maps", 0, 0, across * scale, rows * scale, column.units, mosaic=mosaic)
    count = column.size
    if is_list(count, height):
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
    side = min(14.0, math.sqrt(widest * body / count))
    side = math.floor(side) if side >= 2 else side
    across = max(1, math.ceil(count / max(int(body / side), 1)))
    # A full rectangle reads better than one with a ragged last row.
    even = [n for n in range(across, 2 * across + 1) if count % n == 0 and n * side <= widest]
    across = even[0] if even else across
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
