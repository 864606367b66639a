"""The list as a widget: what is selected stays selected and what is seen stays in sight, whatever comes and goes."""

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from nnlab.ui.key_filter import USES_SPACE
from nnlab.ui.runs_panel.columns import RunColumn
from nnlab.ui.runs_panel.curve_delegate import CurveDelegate
from nnlab.ui.runs_panel.table import RunsTable
from nnlab.ui.runs_panel.tick_delegate import TickDelegate

_ROW_HEIGHT = 26
_NAME = "name"
_LEAST_NAME = 72  # pixels, of short names in a narrow list
_FIGURES = 2  # columns behind the name that are to be in sight, too


class RunsView(QTableView):
    """Rows are selected whole; keys that mean something to the runs go to `key_pressed`."""

    selected_changed = Signal()
    opened = Signal(int)
    starred = Signal(int)
    key_pressed = Signal(str)  # the name of the key: Return, Delete, Space, *

    def __init__(self, model: RunsTable) -> None:
        super().__init__()
        self.is_fitting = False  # whether a column is being given its width, and not by a person
        self._is_name_left = False  # as wide as a person left it
        # It ticks.
        self.setProperty(USES_SPACE, True)
        self._seeks_cell = False  # whether a column is to come into sight, too
        self.setModel(model)
        self._table = model
        self.setAccessibleName("Runs")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        rows.hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(24)
        # To measure more than can be seen would cost time in a long list.
        header.setResizeContentsPrecision(0)
        header.sectionResized.connect(self._on_resized)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._delegates = {"curve": CurveDelegate(self), "tick": TickDelegate(self)}
        self.doubleClicked.connect(self._act_on)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selected_changed.emit())

    @property
    def selected(self) -> tuple[int, ...]:
        """The numbers of the runs that are selected, in the order of the list."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._table.numbers[row] for row in rows)

    @property
    def is_editing(self) -> bool:
        """Whether a person writes into a cell; what was written must not be lost."""
        return self.state() == QAbstractItemView.State.EditingState

    def show_runs(self, numbers: list[int]) -> None:
        """These, in this order."""
        if numbers == self._table.numbers:
            return
        selected, current = self.selected, self._table.record_at(self.currentIndex())
        bar = self.verticalScrollBar()
        top = self._table.numbers[bar.value()] if 0 < bar.value() < len(self._table.numbers) else 0
        column = max(self.currentIndex().column(), 0)
        self._table.show(numbers)
        self.select(selected)
        if current is not None and (row := self._table.row_of(current.number)) >= 0:
            self.selectionModel().setCurrentIndex(self._table.index(row, column), QItemSelectionModel.SelectionFlag.NoUpdate)
        if (row := self._table.row_of(top)) >= 0:
            bar.setValue(row)
        if selected != self.selected:
            self.selected_changed.emit()
        self._fit_name()

    def show_columns(self, columns: tuple[RunColumn, ...], widths: dict[str, int]) -> None:
        """These, each as wide as it was left."""
        selected = self.selected
        self._table.show_columns(columns)
        for place, column in enumerate(columns):
            self.setColumnWidth(place, widths.get(column.name, column.width))
            self.setItemDelegateForColumn(place, self._delegates.get(column.name))  # type: ignore[arg-type]
        usual = {column.name: column.width for column in columns}
        self._is_name_left = widths.get(_NAME, usual.get(_NAME)) != usual.get(_NAME)
        self._fit_name()
        self.select(selected)

    def _fit_name(self) -> None:
        """What tells runs apart is not cut while there is room for it and for the first figures behind it."""
        places = {column.name: place for place, column in enumerate(self._table.columns)}
        if _NAME not in places or self._is_name_left:
            return
        beside = [place for place in range(len(places)) if place <= places[_NAME] + _FIGURES and place != places[_NAME]]
        room = self.viewport().width() - sum(map(self.columnWidth, beside))
        usual, whole = self._table.columns[places[_NAME]].width, self.sizeHintForColumn(places[_NAME])
        least = usual if room >= usual else min(max(whole, _LEAST_NAME), usual)
        self.is_fitting = True
        self.setColumnWidth(places[_NAME], max(min(whole, room), least))
        self.is_fitting = False

    def _on_resized(self, place: int, before: int, width: int) -> None:
        if not self.is_fitting and place < len(self._table.columns) and self._table.columns[place].name == _NAME:
            self._is_name_left = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, or less."""
        super().resizeEvent(event)
        self._fit_name()

    def select(self, numbers: Iterable[int]) -> None:
        """Those of them that are shown."""
        last = self._table.columnCount() - 1
        chosen = QItemSelection()
        for row in (self._table.row_of(number) for number in numbers):
            if row >= 0 and last >= 0:
                chosen.select(self._table.index(row, 0), self._table.index(row, last))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def edit_cell(self, number: int, column: str) -> bool:
        """Have a person write there; whether the cell is there."""
        row = self._table.row_of(number)
        places = [place for place, shown in enumerate(self._table.columns) if shown.name == column]
        if row < 0 or not places:
            return False
        index = self._table.index(row, places[0])
        self._seeks_cell = True
        self.scrollTo(index)
        self.setCurrentIndex(index)
        self.edit(index)
        self._seeks_cell = False
        return True

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Up and down only, as long as nothing is edited: a click on a long name must not push the ticks out of sight."""
        bar = self.horizontalScrollBar()
        before = bar.value()
        super().scrollTo(index, hint)
        if not self._seeks_cell:
            bar.setValue(before)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the runs; the others move about as in any list."""
        if self.is_editing:
            # The editor has had it, and passes on what it does not keep.
            super().keyPressEvent(event)
            return
        names = {Qt.Key.Key_Return: "Return", Qt.Key.Key_Enter: "Return", Qt.Key.Key_Delete: "Delete", Qt.Key.Key_F2: "F2"}
        names |= {Qt.Key.Key_Space: "Space", Qt.Key.Key_Asterisk: "*"}
        plain = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        name = names.get(Qt.Key(event.key())) if plain == Qt.KeyboardModifier.NoModifier else None
        if name is None:
            super().keyPressEvent(event)
        else:
            self.key_pressed.emit(name)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a star stars."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        record = self._table.record_at(index)
        is_star = index.isValid() and self._table.column_at(index).name == "star"
        if event.button() == Qt.MouseButton.LeftButton and is_star and record is not None:
            self.starred.emit(record.number)

    def _act_on(self, index: QModelIndex) -> None:
        """A double click writes into tags and notes, and opens the run anywhere else."""
        record, column = self._table.record_at(index), self._table.column_at(index)
        if record is None or column.name in ("tick", "star"):
            return
        if column.column and column.column != "name":
            self.edit(index)
        else:
            self.opened.emit(record.number)
