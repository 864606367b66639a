"""The tick of a run with the colour that its curves have."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from nnlab.ui.runs_panel.table import RunsTable

_SIDE = 10


class TickDelegate(QStyledItemDelegate):
    """A box at the left, the colour at the right of it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """The tick, and the colour where there is one."""
        super().paint(painter, option, index)
        model = index.model()
        if not isinstance(model, RunsTable) or (record := model.record_at(index)) is None:
            return
        color = model.ticked.color_of(record.number)
        if color.isValid():
            middle = option.rect.center()
            painter.fillRect(QRect(option.rect.right() - _SIDE - 4, middle.y() - _SIDE // 2 + 1, _SIDE, _SIDE), color)
