"""Paints the picture of one seed: the plane or its curve, how far it is, and what there is to say of it."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from nnlab.experiments.sweeps.records import CANCELLED, RUNNING, WAITING
from nnlab.models.arrays import Array
from nnlab.ui.seeds.tile import Tile
from nnlab.ui.theme import Theme

CAPTION_GAP = 6
_MARGIN = 6
_BAR = 3  # pixels that say how much is done
# Below this share of the largest loss of all a curve lies on the ground.
_DECADES = 1e-4
# So many times the largest loss at the beginning is as high as a curve reaches.
_MOST_RISE = 3.0
_NOTHING_YET = {WAITING: "waiting", RUNNING: "training…", CANCELLED: "stopped"}


class TilePainter:
    """For one painting of all: their curves have one scale in common."""

    def __init__(self, painter: QPainter, theme: Theme, tiles: Sequence[Tile]) -> None:
        self._painter, self._theme = painter, theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._low, self._high, self._is_log = _scale([tile.curve for tile in tiles])

    def draw(self, tile: Tile, box: QRect, image: QImage | None) -> None:
        """The picture in its frame."""
        painter, theme = self._painter, self._theme
        painter.fillRect(box, QColor(theme.surface))
        if image is not None:
            painter.drawImage(box, image)
        elif len(tile.curve) > 1:
            self._draw_curve(tile, box)
        elif words := _NOTHING_YET.get(tile.state, ""):
            painter.setPen(QColor(theme.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        if tile.state == RUNNING:
            done = QRect(box.left(), box.bottom() - _BAR + 1, round(box.width() * tile.share), _BAR)
            painter.fillRect(done, QColor(theme.accent))
        painter.setPen(QPen(QColor(theme.danger if tile.is_in_trouble else theme.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5))

    def caption(self, tile: Tile, box: QRect, color: QColor | None) -> None:
        """Which seed it is, and what came of it; a line in the colour that it has over the curves."""
        painter, theme = self._painter, self._theme
        left = box.left()
        if color is not None:
            painter.fillRect(QRect(left, box.center().y(), 12, 2), color)
            left += 17
        row = QRect(left, box.top(), box.right() - left + 1, box.height())
        painter.setPen(QColor(theme.muted))
        words = f"seed {tile.seed}"
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if tile.mark:
            painter.setPen(QColor(theme.danger if tile.is_in_trouble else theme.text))
            beside = row.adjusted(painter.fontMetrics().horizontalAdvance(f"{words}  "), 0, 0, 0)
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, tile.mark)
        # So far it is another figure: of the validation, not of the test.
        painter.setPen(QColor(theme.text if tile.has_ended else theme.muted))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, tile.value)

    def outline(self, box: QRect, has_focus: bool) -> None:
        """Around the one that is meant: in the colour of text, with a halo."""
        painter, theme = self._painter, self._theme
        around = QRectF(box).adjusted(-2, -2, 2, 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.surface), 4))
        painter.drawRect(around)
        painter.setPen(QPen(QColor(theme.accent if has_focus else theme.text), 2))
        painter.drawRect(around)

    def _draw_curve(self, tile: Tile, box: QRect) -> None:
        losses = np.asarray(tile.curve, float)
        known = np.isfinite(losses)
        if self._is_log:
            losses = np.log(np.maximum(losses, np.exp(self._low)))
        shares = np.clip((losses - self._low) / (self._high - self._low), 0, 1)
        room = QRectF(box).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN - _BAR)
        across = room.left() + np.linspace(0, max(tile.share, 0.02), len(losses)) * room.width()
        down = room.bottom() - shares * room.height()
        points = [QPointF(x, y) for x, y in zip(across[known].tolist(), down[known].tolist(), strict=True)]
        self._painter.setPen(QPen(QColor(self._theme.danger if tile.is_in_trouble else self._theme.accent), 1.4))
        self._painter.drawPolyline(QPolygonF(points))


def _scale(curves: Sequence[Array]) -> tuple[float, float, bool]:
    """The lowest and the highest of all curves, by the logarithm where all losses are above zero."""
    numbers = [np.asarray(curve, float)[np.isfinite(curve)] for curve in curves]
    numbers = [curve for curve in numbers if len(curve)]
    if not numbers:
        return 0.0, 1.0, False
    known, first = np.concatenate(numbers), max(abs(float(curve[0])) for curve in numbers)
    # One that diverges must not press all others to the ground.
    known = np.minimum(known, _MOST_RISE * first)
    is_log = bool(known.min() > 0)
    if is_log:
        known = np.log(np.maximum(known, known.max() * _DECADES))
    low, high = float(known.min()), float(known.max())
    return (low, high, is_log) if high > low else (low - 0.5, high + 0.5, is_log)
