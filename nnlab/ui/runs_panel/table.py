"""The list of runs as Qt's table model: draws what the library has, in the order and the columns that were chosen."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from nnlab.experiments.journal.records import RunRecord
from nnlab.ui.runs_panel.columns import RunColumn
from nnlab.ui.runs_panel.library import Library
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.ticked import Ticked
from nnlab.ui.widgets.explained import literally
from nnlab.words import figure, printable

Index = QModelIndex | QPersistentModelIndex
Write = Callable[..., None]
_ROLE = Qt.ItemDataRole
CURVE_ROLE = _ROLE.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RunsTable(QAbstractTableModel):
    """Rows are numbers of runs. `write` hears what a person writes into a cell."""

    def __init__(self, library: Library, ticked: Ticked, write: Write, parent: QObject) -> None:
        super().__init__(parent)
        self.library, self.ticked = library, ticked
        self.numbers: list[int] = []
        self.columns: tuple[RunColumn, ...] = ()
        self.present = 0  # the run of the window
        self._rows: dict[int, int] = {}
        self._write = write
        self._theme = LIGHT

    def show(self, numbers: list[int]) -> None:
        """These runs, in this order."""
        self.beginResetModel()
        self.numbers = numbers
        self._rows = {number: row for row, number in enumerate(numbers)}
        self.endResetModel()

    def show_columns(self, columns: tuple[RunColumn, ...]) -> None:
        """These columns, in this order."""
        self.beginResetModel()
        self.columns = columns
        self.endResetModel()

    def apply_theme(self, theme: Theme) -> None:
        """Its colours."""
        self._theme = theme
        self.redraw()

    def redraw(self, numbers: Sequence[int] | None = None) -> None:
        """What is said of these runs, or of all, is not as it was."""
        if not self.columns or not self.numbers:
            return
        rows = [self._rows[number] for number in numbers if number in self._rows] if numbers is not None else None
        if rows is None or len(rows) > 50:
            rows = [0, len(self.numbers) - 1]
        if rows:
            first, last = self.index(min(rows), 0), self.index(max(rows), len(self.columns) - 1)
            self.dataChanged.emit(first, last)

    def row_of(self, number: int) -> int:
        """Where a run is; -1 where it is not shown."""
        return self._rows.get(number, -1)

    def record_at(self, index: Index) -> RunRecord | None:
        """The run of a row."""
        row = index.row()
        return self.library.records.get(self.numbers[row]) if 0 <= row < len(self.numbers) else None

    def column_at(self, index: Index) -> RunColumn:
        """What a column shows."""
        return self.columns[index.column()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, as Qt has it
        """How many runs are shown."""
        return 0 if parent.isValid() else len(self.numbers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """The titles, and what they mean."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == _ROLE.DisplayRole:
            return column.title
        if role == _ROLE.ToolTipRole:
            return literally(column.help)
        if role == _ROLE.TextAlignmentRole:
            # The arrow of what is sorted by stands at the right.
            return int(_RIGHT if column.is_number and column.name != "number" else _LEFT)
        return None

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """A cell."""
        record = self.record_at(index)
        if record is None:
            return None
        column = self.column_at(index)
        match role:
            case _ROLE.DisplayRole:
                return "★" if column.name == "star" and record.star else self._text(column, record)
            case _ROLE.EditRole:
                return _edited(column, record)
            case _ROLE.TextAlignmentRole:
                return int(_RIGHT if column.is_number else _LEFT)
            case _ROLE.ToolTipRole:
                return literally(self._told(column, record))
            case _ROLE.AccessibleTextRole if column.name in ("tick", "star", "curve"):
                return self._told(column, record)
            case _ROLE.CheckStateRole if column.name == "tick":
                return Qt.CheckState.Checked if record.number in self.ticked.numbers else Qt.CheckState.Unchecked
            case _ROLE.ForegroundRole if column.name == "star":
                return QColor("#E8710A")
            case _ROLE.ForegroundRole if column.name == "curve":
                color = self.ticked.color_of(record.number)
                return color if color.isValid() else QColor(self._theme.accent)
            case _ROLE.FontRole if record.number == self.present:
                font = QFont()
                font.setBold(True)
                return font
            case _ if role == CURVE_ROLE and column.name == "curve":
                return record.curve
        return None

    def _text(self, column: RunColumn, record: RunRecord) -> str:
        return column.text(self.library, record)

    def _told(self, column: RunColumn, record: RunRecord) -> str:
        if column.name == "tick":
            return "Beside the present curves" if record.number in self.ticked.numbers else "Tick it to see its curves"
        if column.name == "star":
            return "starred" if record.star else "not starred"
        if column.name == "curve":
            ends = [figure(loss) for loss in record.curve[[0, -1]]] if len(record.curve) else []
            return f"loss from {ends[0]} to {ends[1]}" if ends else "no steps yet"
        if column.name == "name":
            lines = [record.name, self.library.changed(record), record.notes]
            return "\n".join(printable(line) for line in lines if line)
        return self._text(column, record)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What can be done with a cell."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if not index.isValid():
            return flags
        column = self.column_at(index)
        if column.name == "tick":
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemIsEditable if column.column else flags

    def setData(self, index: Index, value: Any, role: int = _ROLE.EditRole) -> bool:
        """A tick, or what a person wrote; the store is told."""
        record, column = self.record_at(index), self.column_at(index)
        if record is None:
            return False
        if role == _ROLE.CheckStateRole and column.name == "tick":
            self.ticked.tick(record.number, Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        if role != _ROLE.EditRole or not column.column or str(value) == _edited(column, record):
            return False
        text = str(value).strip()
        self.change(record, **{column.column: tags_of(text) if column.column == "tags" else text})
        return True

    def change(self, record: RunRecord, **columns: Any) -> None:
        """Other marks of a run: shown at once, and written."""
        if columns.get("name") == "":
            # A run without a name cannot be spoken of.
            return
        self.library.take([replace(record, **columns)])
        self._write(record.number, **columns)
        self.redraw([record.number])


def tags_of(text: str) -> tuple[str, ...]:
    """Tags with commas between, each once."""
    return tuple(dict.fromkeys(tag for part in text.split(",") if (tag := part.strip())))


def _edited(column: RunColumn, record: RunRecord) -> str:
    """What stands in the field in which a cell is edited."""
    if column.column == "tags":
        return ", ".join(map(str, record.tags))
    return str(getattr(record, column.column)) if column.column else ""
