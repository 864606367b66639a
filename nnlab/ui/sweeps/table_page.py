"""All trials as a table: sorted by any column, with the reason of each that came to nothing."""

from typing import ClassVar

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from nnlab.ui.sweeps.picture import trial_columns
from nnlab.ui.sweeps.results import Results
from nnlab.ui.sweeps.trial_table import SORT_ROLE, Index, TrialTable
from nnlab.ui.theme import Theme
from nnlab.ui.views.view import Table
from nnlab.ui.widgets.card import label

_EMPTY = "A row for every trial appears here."
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
# The state with the reason of a failure.
_STATE, _STATE_WIDTH = 1, 240
_ROW_HEIGHT, _NARROWEST, _WIDEST, _GAP = 26, 64, 260, 18


class TablePage(QWidget):
    """`hovered` tells which trial is meant, by its place in the results; `opened` which is to be opened."""

    title: ClassVar[str] = "Trials"
    kinds: ClassVar[tuple[str, ...]] = (".csv",)
    # Numbers alone are saved of it; what is saved as a picture has a canvas.
    canvas: pg.GraphicsLayoutWidget
    hovered = Signal(object)
    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.results: Results | None = None
        self._has_reasons = False
        self.setAccessibleName(self.title)
        self.model = TrialTable(self)
        self.sorted = _Sorted(self)
        self.sorted.setSourceModel(self.model)
        self.sorted.setSortRole(SORT_ROLE)
        self.view = QTableView()
        self.view.setModel(self.sorted)
        self.view.setAccessibleName("Trials")
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self.view.verticalHeader().hide()
        self.view.horizontalHeader().setHighlightSections(False)
        self.view.horizontalHeader().setStretchLastSection(True)
        self.empty = label(_EMPTY, "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.empty)
        column.addWidget(self.view, 1)
        self.view.selectionModel().currentRowChanged.connect(self._tell)
        self.view.doubleClicked.connect(lambda index: self.opened.emit(self._place(index)))
        self.view.installEventFilter(self)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return self.results is None or not self.results.trials

    def show_results(self, results: Results | None) -> None:
        """Other trials, or the same as they are now; what is selected stays so."""
        before, self.results = self.results, results
        is_new = (
            before is None
            or results is None
            or [one.name for one in before.columns] != [one.name for one in results.columns]
        )
        at = self._place(self.view.currentIndex())
        self.model.show(results)
        self.empty.setVisible(self.is_empty)
        self.view.setVisible(not self.is_empty)
        if not self.is_empty:
            (self._fit_columns if is_new else self._show_reasons)()
        if not is_new and at >= 0:
            self.mark(at)

    def mark(self, place: int | None) -> None:
        """Make one trial stand out."""
        if place is None or place >= self.model.rowCount() or self.view.hasFocus():
            return
        index = self.sorted.mapFromSource(self.model.index(place, 0))
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def apply_theme(self, theme: Theme) -> None:
        """Its colours."""
        self.model.apply_theme(theme)
        self.view.viewport().update()

    def csv_columns(self) -> Table:
        """All of it, in the order of the trials."""
        assert self.results is not None
        return trial_columns(self.results)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter opens what is selected."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress or event.key() not in _ENTER:
            return False
        if (place := self._place(self.view.currentIndex())) >= 0:
            self.opened.emit(place)
        return True

    def _place(self, index: QModelIndex) -> int:
        return self.sorted.mapToSource(index).row()

    def _tell(self, index: QModelIndex, before: QModelIndex) -> None:
        place = self._place(index)
        self.hovered.emit(place if place >= 0 else None)

    def _fit_columns(self) -> None:
        self.view.resizeColumnsToContents()
        for column in range(self.model.columnCount()):
            self.view.setColumnWidth(column, min(max(self.view.columnWidth(column) + _GAP, _NARROWEST), _WIDEST))
        self._has_reasons = False
        self._show_reasons()

    def _show_reasons(self) -> None:
        """Room for the first of them."""
        has = self.results is not None and any(trial.reason for trial in self.results.trials)
        if has and not self._has_reasons:
            self._has_reasons = True
            self.view.setColumnWidth(_STATE, _STATE_WIDTH)


class _Sorted(QSortFilterProxyModel):
    """By what a column holds; a trial that has nothing there comes last, whichever way it is sorted."""

    def lessThan(self, left: Index, right: Index) -> bool:
        """Whether the left one comes first; the other way round Qt asks for the right one."""
        ours, theirs = left.data(SORT_ROLE), right.data(SORT_ROLE)
        if ours is None or theirs is None:
            last, first = (theirs, ours) if self.sortOrder() == Qt.SortOrder.AscendingOrder else (ours, theirs)
            return last is None and first is not None
        return bool(ours < theirs)
