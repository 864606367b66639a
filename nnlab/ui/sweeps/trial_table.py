"""The trials as Qt's table model: a row each, which can be sorted by whatever a column holds."""

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from nnlab.experiments.sweeps.records import DIVERGED, FAILED, RUNNING, TrialRecord
from nnlab.ui.sweeps.column import Column
from nnlab.ui.sweeps.results import Results
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.widgets.explained import literally

Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole
SORT_ROLE = _ROLE.UserRole
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
# Columns before those of the settings and figures.
_FIRST = ("trial", "state")


class TrialTable(QAbstractTableModel):
    """Number, state with the reason where nothing came of it, what was chosen, what came of it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.results: Results | None = None
        self._theme = LIGHT

    def show(self, results: Results | None) -> None:
        """Other trials; the same ones as they are now change in their places."""
        before = self.results
        if before is not None and results is not None and _names(before) == _names(results):
            self.results = results
            self._tell_changed(before, results)
            return
        self.beginResetModel()
        self.results = results
        self.endResetModel()

    def _tell_changed(self, before: Results, now: Results) -> None:
        """Of many rows those alone that are not as they were: all others stay sorted as they are."""
        pairs = zip(before.trials, now.trials, strict=True)
        for row in [row for row, (old, new) in enumerate(pairs) if old != new]:
            self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))

    def apply_theme(self, theme: Theme) -> None:
        """Its colours."""
        self._theme = theme

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those behind the state."""
        return self.results.columns if self.results is not None else ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, as Qt has it
        """How many trials there are."""
        return 0 if parent.isValid() or self.results is None else len(self.results.trials)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number, state, and all others."""
        return 0 if parent.isValid() else len(_FIRST) + len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _ROLE.DisplayRole) -> Any:
        """The titles, and the names in files."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < self.columnCount():
            return None
        column = self._column(section)
        if role == _ROLE.DisplayRole:
            return column.title if column is not None else _FIRST[section]
        if role == _ROLE.ToolTipRole and column is not None:
            return literally(column.name)
        if role == _ROLE.TextAlignmentRole:
            return _RIGHT if column is not None and not column.levels else _LEFT
        return None

    def data(self, index: Index, role: int = _ROLE.DisplayRole) -> Any:
        """A cell."""
        results = self.results
        if results is None or not 0 <= index.row() < len(results.trials):
            return None
        trial, column = results.trials[index.row()], self._column(index.column())
        match role:
            case _ROLE.DisplayRole:
                return self._text(trial, column, index)
            case _ROLE.ToolTipRole:
                return literally(trial.reason or self._text(trial, column, index))
            case _ROLE.TextAlignmentRole:
                return _RIGHT if column is not None and not column.levels else _LEFT
            case _ROLE.ForegroundRole if column is None and trial.state in (FAILED, DIVERGED):
                return QColor(self._theme.danger)
            case _ROLE.ForegroundRole if column is None and trial.state == RUNNING:
                return QColor(self._theme.accent)
            case _ if role == SORT_ROLE:
                return self._key(trial, column, index)
        return None

    def _text(self, trial: TrialRecord, column: Column | None, index: Index) -> str:
        if column is None:
            return (f"{trial.number:,}", ": ".join(filter(None, (trial.state, trial.reason))))[index.column()]
        value = float(column.values[index.row()])
        return column.text(value) if math.isfinite(value) else ""

    def _key(self, trial: TrialRecord, column: Column | None, index: Index) -> Any:
        if column is None:
            return (trial.number, trial.state)[index.column()]
        value = float(column.values[index.row()])
        return value if math.isfinite(value) else None

    def _column(self, section: int) -> Column | None:
        place = section - len(_FIRST)
        return self.columns[place] if 0 <= place < len(self.columns) else None


def _names(results: Results) -> tuple[int, list[str]]:
    """How many rows there are, and which columns."""
    return len(results.trials), [column.name for column in results.columns]
