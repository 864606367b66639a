"""The figures of nnlab and of each framework, a column each, nnlab's first."""

from collections.abc import Sequence
from typing import Any, ClassVar

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTableWidgetItem, QVBoxLayout, QWidget

from nnlab.experiments.baselines.comparison import Contestant
from nnlab.experiments.baselines.table import Row, rows_of
from nnlab.ui.compare.color_dot import color_icon
from nnlab.ui.views.view import Table
from nnlab.ui.widgets.explained import literally
from nnlab.ui.widgets.read_table import read_table

# Pixels of a column.
_NARROWEST, _ROW = 110, 24


class ComparisonTable(QWidget):
    """Filled as they are trained."""

    title: ClassVar[str] = "Comparison"
    kinds: ClassVar[tuple[str, ...]] = (".csv",)
    # Numbers alone are saved of it; what is saved as a picture has a canvas.
    canvas: pg.GraphicsLayoutWidget

    def __init__(self) -> None:
        super().__init__()
        self._contestants: tuple[Contestant, ...] = ()
        self._rows: list[Row] = []
        self.table = read_table("Comparison of nnlab with other frameworks", row_height=_ROW, by_rows=True)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 0, 0, 0)
        outline.addWidget(self.table)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is compared."""
        return not self._contestants

    def show_contestants(self, contestants: Sequence[Contestant], colors: Sequence[QColor]) -> None:
        """Those that are done; a place that was scrolled to stays."""
        self._contestants = tuple(contestants)
        self._rows = rows_of(contestants) if contestants else []
        self.table.setColumnCount(1 + len(contestants))
        self.table.setRowCount(len(self._rows))
        self._show_heads(colors)
        for at, row in enumerate(self._rows):
            self._put(at, 0, row.figure.title, row.figure.help)
            for column, text in enumerate(row.texts, 1):
                self._put(at, column, text, row.figure.help)
        self.table.resizeColumnsToContents()
        for column in range(1, self.table.columnCount()):
            self.table.setColumnWidth(column, max(self.table.columnWidth(column) + 16, _NARROWEST))

    def csv_columns(self) -> Table:
        """One row a figure: what it is called, and the value of each."""
        table: Table = {"figure": [row.figure.title for row in self._rows]}
        for place, one in enumerate(self._contestants):
            table[one.title] = [_plain(row.values[place]) for row in self._rows]
        return table

    def _show_heads(self, colors: Sequence[QColor]) -> None:
        self.table.setHorizontalHeaderItem(0, QTableWidgetItem(""))
        for column, (one, color) in enumerate(zip(self._contestants, colors, strict=True), 1):
            head = QTableWidgetItem(one.title)
            if color.isValid():
                head.setIcon(color_icon(color))
            head.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            head.setToolTip(literally(one.problem or f"run {one.run:,}" if one.run else one.problem))
            self.table.setHorizontalHeaderItem(column, head)

    def _put(self, at: int, column: int, text: str, help_text: str) -> None:
        item = QTableWidgetItem(text)
        item.setToolTip(literally(help_text))
        if column:
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.setItem(at, column, item)


def _plain(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and value != value) else value
