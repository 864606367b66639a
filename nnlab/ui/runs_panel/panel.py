"""The panel: the list of runs with its filter and its buttons, kept up to date while anybody looks."""

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from nnlab.experiments.journal.records import RunRecord
from nnlab.ui.action_row import Desk
from nnlab.ui.runs_panel.chosen_columns import ChosenColumns
from nnlab.ui.runs_panel.column_menu import fill_column_menu
from nnlab.ui.runs_panel.deleted_notice import DeletedNotice
from nnlab.ui.runs_panel.filter_field import FilterField
from nnlab.ui.runs_panel.library import Library
from nnlab.ui.runs_panel.list_view import RunsView
from nnlab.ui.runs_panel.reader import Reader
from nnlab.ui.runs_panel.run_actions import RUN_ACTIONS
from nnlab.ui.runs_panel.table import RunsTable
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.explained import explain
from nnlab.ui.widgets.flow import FlowRow

# While many are read the list is put in order again this often.
_SHOW_MILLISECONDS = 100
_NOTHING_YET = (
    "Every run is kept here while it trains. Press Run (Space): the first one appears with its curve, its settings and its "
    "figures. Tick runs to lay their curves over each other, and double-click one to go on with it."
)


class RunsPanel(QWidget):
    """What is selected is `selected`; what can be done with it are the rows of RUN_ACTIONS."""

    selected_changed = Signal()

    def __init__(self, desk: Desk, memory: QSettings) -> None:
        super().__init__()
        self.setAccessibleName("Runs")
        self._desk, self._session = desk, desk.session
        self.library, self.reader = Library(), Reader()
        self.chosen = ChosenColumns(memory)
        self.table = RunsTable(self.library, self._session.ticked, self.reader.write, self)
        self.view = RunsView(self.table)
        self.filter = FilterField()
        self._order, self._descending = "number", True
        self._is_whole, self._trouble = False, ""
        self.undo = DeletedNotice(self.reader, self._session.edit_history, lambda numbers: self._act("delete", numbers))
        self._empty = label(_NOTHING_YET, "muted")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SHOW_MILLISECONDS)
        self._soon.timeout.connect(self.arrange)
        self._lay_out()
        self._connect()
        self._show_columns()
        self._show_buttons()

    @property
    def selected(self) -> tuple[int, ...]:
        """The numbers of the runs that are selected, in the order of the list."""
        return self.view.selected

    @property
    def records(self) -> Mapping[int, RunRecord]:
        """The runs that are known, by their numbers."""
        return self.library.records

    def edit(self, number: int, column: str) -> None:
        """Have a cell edited in place; its column is shown for that."""
        if not self.view.edit_cell(number, column):
            self.differ.setChecked(False)
            self.chosen.choose(column, True)
            self._show_columns()
            self.view.edit_cell(number, column)

    def change(self, number: int, **columns: object) -> None:
        """Other marks of a run."""
        self.table.change(self.library.records[number], **columns)

    def delete(self, numbers: tuple[int, ...]) -> None:
        """Take runs off the list; `undo` tells it."""
        self.reader.delete(numbers)

    def close_store(self) -> None:
        """Remember the columns, and let go of the store."""
        self.chosen.remember()
        self.reader.close()

    def apply_theme(self, theme: Theme) -> None:
        """Its colours."""
        self.table.apply_theme(theme)
        self.undo.apply_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the store."""
        super().showEvent(event)
        self.reader.follow(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self.reader.follow(False)

    def _lay_out(self) -> None:
        self.differ = QPushButton("What differs")
        self.differ.setCheckable(True)
        explain(self.differ, "Only the settings in which the ticked runs differ, or else those that are selected or shown")
        self.columns_button = QPushButton("Columns")
        explain(self.columns_button, "Choose what is shown of each run")
        self.more = QPushButton("More")
        explain(self.more, "What else can be done with the runs that are selected")
        self.buttons = {name: QPushButton(row.words) for name, row in RUN_ACTIONS.items() if row.is_button}
        head = FlowRow(6)
        head.add_filler(self.filter)
        for button in (self.differ, self.columns_button, *self.buttons.values(), self.more):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            head.addWidget(button)
        for name, button in self.buttons.items():
            explain(button, _help(name))
        for button, fill in ((self.columns_button, self._fill_columns), (self.more, self._fill_more)):
            menu = QMenu(button)
            menu.aboutToShow.connect(fill)
            button.setMenu(menu)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.filter.trouble)
        column.addWidget(self.undo)
        column.addLayout(self._stack, 1)

    def _connect(self) -> None:
        session, view, header = self._session, self.view, self.view.horizontalHeader()
        self.reader.found.connect(self._take)
        self.reader.whole.connect(self._on_whole)
        self.reader.failed.connect(self._on_failed)
        self.filter.changed.connect(lambda _: self.arrange())
        self.differ.toggled.connect(lambda _: self._show_columns())
        header.sectionClicked.connect(self._sort_by)
        header.sectionResized.connect(self._on_resized)
        header.customContextMenuRequested.connect(self._show_column_menu)
        view.customContextMenuRequested.connect(self._show_menu)
        view.selected_changed.connect(self._on_selected)
        view.opened.connect(session.open_run)
        view.starred.connect(lambda number: self._act("star", (number,)))
        view.key_pressed.connect(self._on_key)
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self._act(name, self.selected))
        session.ticked.changed.connect(self._on_ticked)
        session.numbered.connect(lambda _: self._show_present())
        session.progressed.connect(lambda _: self._show_present())

    def _take(self, records: list[RunRecord], gone: list[int], held: frozenset[int]) -> None:
        is_first, self._trouble = not self.library.records, ""
        self.library.take(records)
        self.library.forget(gone)
        self.library.held = held
        for number in gone:
            self._session.ticked.tick(number, False)
        if not self.view.is_editing:
            self.table.redraw([record.number for record in records])
        if is_first:
            self.arrange()
        elif not self._soon.isActive():
            self._soon.start()

    def _on_whole(self) -> None:
        if not self._is_whole:
            self._is_whole = True
            self.arrange()

    def arrange(self) -> None:
        """Show the runs that are meant, in order; not under a person's hands while they write into a cell."""
        if self.view.is_editing:
            self._soon.start()
            return
        column = next((shown for shown in self.table.columns if shown.name == self._order), None)

        def show(terms: object) -> None:
            of = (lambda record: column.of(self.library, record)) if column else (lambda record: record.number)
            self.view.show_runs(self.library.shown(self.filter.terms, of, self._descending))

        self.filter.try_with(show)
        if self.differ.isChecked():
            self._show_columns()
        self._show_emptiness()

    def _show_emptiness(self) -> None:
        is_empty = not self.table.numbers
        text = self._trouble or _NOTHING_YET
        if self.library.records:
            text = "No run is as the line above says."
        elif not self._is_whole:
            text = ""
        self._empty.setText(text)
        self._stack.setCurrentIndex(0 if is_empty else 1)

    def _show_columns(self) -> None:
        columns = self.chosen.shown
        if self.differ.isChecked():
            ticked, selected = self._session.ticked.numbers, self.selected
            numbers = next((some for some in (ticked, selected) if len(some) > 1), self.table.numbers)
            columns = self.chosen.differing(self.library.differing(numbers))
        if [column.name for column in columns] != [column.name for column in self.table.columns]:
            self.view.show_columns(columns, self.chosen.widths)
        places = [place for place, column in enumerate(columns) if column.name == self._order]
        order = Qt.SortOrder.DescendingOrder if self._descending else Qt.SortOrder.AscendingOrder
        self.view.horizontalHeader().setSortIndicator(places[0] if places else -1, order)

    def _sort_by(self, place: int) -> None:
        name = self.table.columns[place].name
        if name == "tick":
            return
        # Of numbers the largest first, of texts the alphabet's first letter.
        first = self.table.columns[place].is_number or name in ("star", "started")
        self._descending = not self._descending if name == self._order else first
        self._order = name
        self._show_columns()
        self.arrange()

    def _show_present(self) -> None:
        progress = self._session.progress
        training = progress.number if progress.is_running else 0
        if (self.table.present, self.library.training) != (progress.number, training):
            changed = [self.table.present, progress.number]
            self.table.present, self.library.training = progress.number, training
            if not self.view.is_editing:
                self.table.redraw(changed)

    def _act(self, name: str, numbers: tuple[int, ...]) -> None:
        known = tuple(number for number in numbers if number in self.library.records)
        if RUN_ACTIONS[name].can(known):
            RUN_ACTIONS[name].act(self._desk, known)

    def _on_key(self, key: str) -> None:
        for name, row in RUN_ACTIONS.items():
            if row.keys == key:
                self._act(name, self.selected)

    def _on_selected(self) -> None:
        self._show_buttons()
        if self.differ.isChecked():
            self._show_columns()
        self.selected_changed.emit()

    def _show_buttons(self) -> None:
        for name, button in self.buttons.items():
            button.setEnabled(RUN_ACTIONS[name].can(self.selected))
        self.more.setEnabled(bool(self.selected))

    def _on_ticked(self) -> None:
        self.table.redraw()
        if self.differ.isChecked():
            self._show_columns()

    def _on_resized(self, place: int, before: int, width: int) -> None:
        if place < len(self.table.columns) and not self.view.is_fitting:
            self.chosen.keep_width(self.table.columns[place].name, width)

    def _on_failed(self, sentence: str) -> None:
        self._trouble = sentence
        self._session.message.emit(sentence)

    def _fill_columns(self) -> None:
        fill_column_menu(self.columns_button.menu(), self.chosen, self.library, self._choose_column)

    def _choose_column(self, name: str, is_on: bool) -> None:
        self.chosen.choose(name, is_on)
        self.differ.setChecked(False)
        self._show_columns()

    def _show_column_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        fill_column_menu(menu, self.chosen, self.library, self._choose_column)
        _pop_up(menu, self.view.horizontalHeader().mapToGlobal(place))

    def _fill_more(self) -> None:
        self._fill(self.more.menu())

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        self._fill(menu)
        _pop_up(menu, self.view.viewport().mapToGlobal(place))

    def _fill(self, menu: QMenu) -> None:
        """What can be done with the runs that are selected."""
        menu.clear()
        menu.setToolTipsVisible(True)
        section = 0
        for name, row in RUN_ACTIONS.items():
            if row.section != section:
                menu.addSeparator()
                section = row.section
            action = menu.addAction(row.words)
            action.triggered.connect(lambda _=False, name=name: self._act(name, self.selected))
            if row.keys:
                # Shown, and heard by the list itself: while another part has the focus the key is not its own.
                action.setText(f"{row.words}\t{row.keys}")
            action.setToolTip(row.help)
            action.setEnabled(row.can(self.selected))


def _pop_up(menu: QMenu, place: QPoint) -> None:
    # As a child of the panel it would live as long as that.
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)


def _help(name: str) -> str:
    row = RUN_ACTIONS[name]
    return f"{row.help} ({row.keys})" if row.keys else row.help
