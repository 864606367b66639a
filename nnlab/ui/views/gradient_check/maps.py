"""The errors of a gradient check as pictures, one for each tensor."""

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from nnlab.models.arrays import Array
from nnlab.probes.analyses.gradient_report import GradientReport
from nnlab.probes.weights import as_rectangles
from nnlab.ui.theme import Theme, unsigned_indices, viridis_lut
from nnlab.ui.views.parts.board import Board
from nnlab.ui.views.parts.layer_names import fitted_name, short_name
from nnlab.words import counted

# The scale of the pictures, in powers of ten.
LEAST, MOST = -12.0, 0.0
_LINE_HEIGHT = 17
_CAPTION_HEIGHT = 54
_GAP = 14
_BAR_WIDTH = 12
_BAR_ROOM = 66
_LARGEST_SCALE = 26
_LEAST_PICTURE = 20
# Pixels of height for each line of maps, under which a caption is one line and the gap small.
_ROOM_FOR_LINES = 130
_CLOSE_GAP = 6
# Longer pictures are wrapped.
_MOST_ASPECT = 6


@dataclass(frozen=True)
class TensorMap:
    """Which checked entry each pixel stands for (rows, columns), -1 where none; in the tensor's shape if all are checked."""

    name: str
    entries: Array
    checked: int
    size: int

    def pixels(self, error: Array) -> Array:
        """Indices into the table of colours."""
        exponents = np.log10(np.clip(np.nan_to_num(error, nan=1.0), 10**LEAST, 10**MOST))
        known = np.where(self.entries >= 0, exponents[np.maximum(self.entries, 0)], np.nan)
        return unsigned_indices(known, LEAST, MOST)


def tensor_maps(report: GradientReport) -> list[TensorMap]:
    """A map of every tensor with checked entries."""
    maps, index = [], report.check.index
    for name, (part, shape) in report.tensors.items():
        inside = np.flatnonzero((index >= part.start) & (index < part.stop))
        if not len(inside):
            continue
        size = part.stop - part.start
        entries = inside.reshape(-1, shape[-1]) if len(inside) == size and shape else inside[None]
        if max(entries.shape) > _MOST_ASPECT * min(entries.shape):
            wrapped = as_rectangles(inside[None].astype(float))[0]
            entries = np.where(np.isnan(wrapped), -1, wrapped).astype(np.intp)
        maps.append(TensorMap(name, entries, len(inside), size))
    return maps


def worst_first(maps: list[TensorMap], report: GradientReport, most: int) -> tuple[list[TensorMap], list[TensorMap]]:
    """Those that are shown, in the order of the layers, and those for which there is no room."""
    if len(maps) <= most:
        return maps, []
    errors = {tensor.name: float(np.nan_to_num(report.check.by_tensor[tensor.name], nan=np.inf)) for tensor in maps}
    shown = set(sorted(errors, key=lambda name: -errors[name])[:most])
    return [tensor for tensor in maps if tensor.name in shown], [tensor for tensor in maps if tensor.name not in shown]


class GradientMaps:
    """Lays the maps out on a board, with their names, and a bar that says what the colours mean."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._placed: list[tuple[TensorMap, QRectF]] = []

    def draw(self, report: GradientReport, theme: Theme) -> None:
        """All maps, in cells of one size; where there is no room for all of them those with the largest errors."""
        width, height = self._board.size
        cells = max(width - _BAR_ROOM, 40)
        maps, left_out = worst_first(tensor_maps(report), report, self._room_for(cells, height))
        if left_out:
            height -= _LINE_HEIGHT
        caption, gap = _caption_height(report), _GAP
        columns, side = _best_columns(len(maps), cells, height, caption)
        is_close = side < _ROOM_FOR_LINES
        if is_close:
            caption, gap = _LINE_HEIGHT, _CLOSE_GAP
            columns, _ = _best_columns(len(maps), cells, height, caption)
        across, down = cells / columns, height / -(-len(maps) // columns)
        self._placed = []
        self._board.begin()
        for number, tensor in enumerate(maps):
            at = QPointF(number % columns * across, number // columns * down)
            write = self._write_line if is_close else self._draw_caption
            write(tensor, report, at, across - _GAP, theme)
            room = QRectF(at.x(), at.y() + caption, across - _GAP, down - caption - gap)
            place = _fitted(tensor.entries.shape, room)
            self._board.picture(tensor.pixels(report.check.error), place, viridis_lut(theme))
            self._placed.append((tensor, place))
        if left_out:
            worst = max(report.check.by_tensor[tensor.name] for tensor in left_out)
            more = f"{counted(len(left_out), 'more tensor')}, none worse than {worst:.0e}"
            self._board.text(more, 0, height, theme.muted, width=cells)
        self._draw_bar(width - _BAR_ROOM + 8, height, theme)
        self._board.end()

    def _room_for(self, width: float, height: float) -> int:
        """How many pictures can be told from their captions; besides them a line says how many there are."""
        lines = int((height - _LINE_HEIGHT) // (_LINE_HEIGHT + _LEAST_PICTURE + _CLOSE_GAP))
        return _most_columns(width) * max(lines, 1)

    def tell(self, sentence: str, theme: Theme) -> None:
        """Only a sentence."""
        self._placed = []
        self._board.begin()
        self._board.message(sentence, theme.muted)
        self._board.end()

    def entry_at(self, x: float, y: float) -> int | None:
        """The checked entry under a point of the board."""
        for tensor, place in self._placed:
            if place.contains(x, y):
                rows, columns = tensor.entries.shape
                row = min(int((y - place.y()) / place.height() * rows), rows - 1)
                column = min(int((x - place.x()) / place.width() * columns), columns - 1)
                entry = int(tensor.entries[row, column])
                return entry if entry >= 0 else None
        return None

    def _write_line(self, tensor: TensorMap, report: GradientReport, at: QPointF, wide: float, theme: Theme) -> None:
        """Its name with the initials of the layers that it stands in, and the worst of its errors."""
        layer, _, own = tensor.name.rpartition(".")
        name = f"{short_name(layer)}.{own}"
        worst = f"{report.check.by_tensor[tensor.name]:.0e}"
        width = self._board.width_of(name, bold=True)
        self._board.text(name, at.x(), at.y(), theme.text, bold=True, width=wide)
        if width + 8 + self._board.width_of(worst) <= wide:
            self._board.text(worst, at.x() + width + 8, at.y(), theme.muted)

    def _draw_caption(self, tensor: TensorMap, report: GradientReport, at: QPointF, wide: float, theme: Theme) -> None:
        """Its name, the layers that it stands in where it does, how many entries were checked, and the worst of them."""
        outer, own = _in_layers(tensor.name)
        worst, x, y = report.check.by_tensor[tensor.name], at.x(), at.y()
        count = f"{tensor.checked:,}" if tensor.checked == tensor.size else f"{tensor.checked:,} of {tensor.size:,}"
        self._board.text(own, x, y, theme.text, bold=True, width=wide)
        if outer:
            y += _LINE_HEIGHT
            name = fitted_name(outer, wide - self._board.width_of("in "), self._board.width_of)
            self._board.text(f"in {name}", x, y, theme.muted, width=wide)
        self._board.text(f"{count}\nworst {worst:.1e}", x, y + _LINE_HEIGHT, theme.muted)

    def _draw_bar(self, left: float, height: float, theme: Theme) -> None:
        top, tall = 8.0, max(min(height - 16, 220), 20)
        ramp = np.arange(254, -1, -1, dtype=np.uint8)[:, None]
        self._board.picture(ramp, QRectF(left, top, _BAR_WIDTH, tall), viridis_lut(theme))
        for exponent in (0, -4, -8, -12):
            y = top + (MOST - exponent) / (MOST - LEAST) * tall
            text = "1" if exponent == 0 else f"1e{exponent}"
            self._board.text(text, left + _BAR_WIDTH + 6, y, theme.muted, anchor=(0, 0.5))


def _in_layers(tensor: str) -> tuple[str, str]:
    """The layers that a tensor's layer stands in, and its name without them: residual1, conv2d1.weight."""
    *outer, layer, own = tensor.split(".")
    return ".".join(outer), f"{layer}.{own}"


def _caption_height(report: GradientReport) -> int:
    """That of the tallest: of one inside of others."""
    return _CAPTION_HEIGHT + _LINE_HEIGHT * any(_in_layers(name)[0] for name in report.tensors)


def _best_columns(count: int, width: float, height: float, caption: int) -> tuple[int, float]:
    """Table of cells that are nearest to squares below their captions: its columns, and the shorter side of a cell."""

    def side(columns: int) -> float:
        rows = -(-count // columns)
        return min(width / columns - _GAP, height / rows - caption - _GAP)

    best = max(range(1, min(count, _most_columns(width)) + 1), key=side)
    return best, side(best)


def _most_columns(width: float) -> int:
    """Names need some room."""
    return max(1, int(width // 130))


def _fitted(shape: tuple[int, ...], room: QRectF) -> QRectF:
    """As large as the room allows, in whole pixels where there are few."""
    rows, columns = shape
    scale = max(min(room.width() / columns, room.height() / rows, _LARGEST_SCALE), 0.05)
    scale = math.floor(scale) if scale >= 1 else scale
    return QRectF(room.x(), room.y(), columns * scale, rows * scale)
