"""Settings in which runs differ, and their figures with the differences from the first, as a table."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QHeaderView, QTableWidgetItem, QVBoxLayout, QWidget

from nnlab.experiments.journal.comparison import Comparison, compared
from nnlab.ui.compare.color_dot import color_icon
from nnlab.ui.compare.compared_run import ComparedRun
from nnlab.ui.views.view import Table
from nnlab.ui.widgets.explained import literally
from nnlab.ui.widgets.read_table import read_table
from nnlab.words import figure, loss_text, shown

# Pixels of a column, and between what stands in two.
_NARROWEST, _WIDEST, _GAP = 120, 260, 16
_LONGEST = 400


class TablePage(QWidget):
    """One column for each run, in its colour."""

    title: ClassVar[str] = "Comparison"
    kinds: ClassVar[tuple[str, ...]] = (".csv",)
    # Numbers alone are saved of it; what is saved as a picture has a canvas.
    canvas: pg.GraphicsLayoutWidget

    def __init__(self) -> None:
        super().__init__()
        self._comparison: Comparison | None = None
        self.table = read_table("Settings that differ, and figures", by_rows=True)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        head = self.table.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 8, 0, 0)
        outline.addWidget(self.table)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is compared."""
        return self._comparison is None

    def show_runs(self, runs: Sequence[ComparedRun], colors: Sequence[QColor]) -> None:
        """What is known of them now; a place that was scrolled to stays."""
        found = self._comparison = compared([run.record for run in runs])
        rows: list[tuple[str, Sequence[str]] | str] = ["Settings that differ" if found.settings else "No settings differ"]
        rows += [(name, [_text(value) for value in values]) for name, values in found.settings.items()]
        rows += ["Figures, with their differences from the first run"] if found.figures else ["No figures yet"]
        for name, values in found.figures.items():
            differences = (None, *found.differences[name][1:])
            rows.append((name.replace("_", " "), list(map(_with_difference, values, differences))))
        self.table.setColumnCount(1 + len(runs))
        self.table.setRowCount(len(rows))
        self.table.clearSpans()
        self._show_heads(runs, colors)
        for at, row in enumerate(rows):
            if isinstance(row, str):
                self._show_title(at, row)
            else:
                self._show_row(at, *row)
        self.table.resizeColumnsToContents()
        for column in range(self.table.columnCount()):
            self.table.setColumnWidth(column, min(max(self.table.columnWidth(column) + _GAP, _NARROWEST), _WIDEST))

    def csv_columns(self) -> Table:
        """One row for each setting and figure: its name, and the value of each run, then the differences."""
        found = self._comparison
        assert found is not None
        table: Table = {"name": [*found.settings, *found.figures]}
        values = [*found.settings.values(), *found.figures.values()]
        blank = [None] * len(found.settings)
        for place, number in enumerate(found.runs):
            table[f"run {number}"] = [_plain(row[place]) for row in values]
        for place, number in enumerate(found.runs[1:], 1):
            apart = [*blank, *(row[place] for row in found.differences.values())]
            table[f"run {number} less run {found.runs[0]}"] = [_plain(value) for value in apart]
        return table

    def _show_heads(self, runs: Sequence[ComparedRun], colors: Sequence[QColor]) -> None:
        self.table.setHorizontalHeaderItem(0, QTableWidgetItem(""))
        for column, (run, color) in enumerate(zip(runs, colors, strict=True), 1):
            head = QTableWidgetItem(color_icon(color), f"run {run.number:,}")
            head.setToolTip(literally(run.title))
            self.table.setHorizontalHeaderItem(column, head)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(80)

    def _show_title(self, at: int, text: str) -> None:
        item = QTableWidgetItem(text)
        font = QFont(self.table.font())
        font.setBold(True)
        item.setFont(font)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.table.setItem(at, 0, item)
        for column in range(1, self.table.columnCount()):
            self.table.setItem(at, column, QTableWidgetItem(""))
        self.table.setSpan(at, 0, 1, self.table.columnCount())

    def _show_row(self, at: int, name: str, texts: Sequence[str]) -> None:
        for column, text in enumerate((name, *texts)):
            item = QTableWidgetItem(text)
            # A cell is as narrow as its column; hovering tells the whole of it.
            item.setToolTip(literally(text))
            self.table.setItem(at, column, item)


def _text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return figure(value, 6) if isinstance(value, float) else shown(value, _LONGEST)


def _with_difference(value: float | None, difference: float | None) -> str:
    # As wherever such figures are read.
    text = loss_text(value) if isinstance(value, float) else _text(value)
    if difference is None:
        return text
    return f"{text}  ({figure(difference, 3, plus=True)})" if difference else f"{text}  (the same)"


def _plain(value: Any) -> Any:
    return "" if value is None or (isinstance(value, float) and not math.isfinite(value)) else value
