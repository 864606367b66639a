"""Draws the small curve of a run into its cell."""

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from nnlab.models.arrays import Array
from nnlab.ui.runs_panel.table import CURVE_ROLE

_MARGIN = 4
# Below this share of the largest loss the curve lies on the ground.
_DECADES = 1e-4


class CurveDelegate(QStyledItemDelegate):
    """Losses on a log scale, each curve from its own lowest to its own highest."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """The cell's ground, and the curve on it."""
        super().paint(painter, option, index)
        losses = index.data(CURVE_ROLE)
        if losses is None:
            return
        box = option.rect.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        points = heights(losses)
        if len(points) < 2 or box.width() < 8:
            return
        color = index.data(Qt.ItemDataRole.ForegroundRole)
        across = np.linspace(box.left(), box.right(), len(points))
        down = box.bottom() - points * box.height()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(color), 1.2))
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(across.tolist(), down.tolist(), strict=True)]))
        painter.restore()


def heights(losses: Array) -> Array:
    """From 0, the lowest, to 1, the highest; what is no number is left out, and a curve that is level lies in the middle."""
    there = np.asarray(losses[np.isfinite(losses)], float)
    if not len(there):
        return there
    # A loss may be negative, as an energy is: those are drawn as they are.
    if there.min() > 0:
        there = np.log(np.maximum(there, there.max() * _DECADES))
    low, high = there.min(), there.max()
    return np.full(len(there), 0.5) if high <= low else np.asarray((there - low) / (high - low))
