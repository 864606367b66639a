"""The browser: pages through all examples, filters by class, and shows one at full size."""

import numpy as np
from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnlab.probes import PARTS, Selection
from nnlab.ui.browser.collection import Collection
from nnlab.ui.browser.page_view import PageView
from nnlab.ui.browser.picture_view import PictureView
from nnlab.ui.browser.table_model import ExampleTable
from nnlab.ui.example_images import as_pixels
from nnlab.ui.first_size import begin_as_large
from nnlab.ui.setup.form import Choice, WholeNumber
from nnlab.ui.widgets.card import label

# Pixels of a column, and how many names are measured.
_NARROWEST, _WIDEST = 92, 180
_NAMES_SEEN = 100
_TITLES = {"train": "Training", "validation": "Validation", "test": "Test"}
_NOTHING = "There are no {part} examples here."
_KEYS = "Arrow keys, Page Up and Page Down go on; a click selects the example in all views."


class Browser(QDialog):
    """Stays open beside the window. `chosen` is a part of the data and a position in it."""

    chosen = Signal(str, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        begin_as_large(self, (980, 640))
        self.collection: Collection | None = None
        self.positions = np.zeros(0, np.intp)
        self.current = 0
        self._part, self._class = _choice("Part of the data", 170), _choice("Class", 150)
        for choice in (self._part, self._class):
            choice.currentIndexChanged.connect(lambda _: self._find())
        self.pages = PageView()
        self.page_number = WholeNumber()
        self.page_number.setAccessibleName("Page")
        self.page_number.setKeyboardTracking(False)
        self.page_number.setFixedWidth(84)
        self.page_number.valueChanged.connect(lambda page: self.go_to((page - 1) * self.pages.capacity))
        self._page = label("page", "muted")
        self._of = label("", "muted")
        self._back = _button("◀", "Page back")
        self._back.clicked.connect(lambda: self.go_to(self.current - self.pages.capacity))
        self._on = _button("▶", "Page on")
        self._on.clicked.connect(lambda: self.go_to(self.current + self.pages.capacity))
        self.pages.moved.connect(lambda by: self.choose(self.current + by))
        self.pages.clicked.connect(lambda place: self.choose(self._first + place))
        self.pages.capacity_changed.connect(self._turn_page)
        self.rows = ExampleTable()
        self.table = _table(self.rows)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.clicked.connect(lambda cell: self.choose(cell.row()))
        self.picture = PictureView()
        self._caption = label("", "headline")
        self._where = label("", "muted")
        self._value = label("", "muted")
        self._nothing = label("", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.hovered.connect(self._value.setText)
        self._make_outline()

    @property
    def part(self) -> str:
        """The part of the data that is shown."""
        return str(self._part.currentData() or PARTS[0])

    def _make_outline(self) -> None:
        self._capacity = 0
        controls = QHBoxLayout()
        controls.setSpacing(8)
        widget: QWidget
        for widget in (self._part, self._class):
            controls.addWidget(widget)
        controls.addStretch(1)
        for widget in (self._back, self._page, self.page_number, self._of, self._on):
            controls.addWidget(widget)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        for widget in (self._caption, self._where, self.picture, self._value):
            side.addWidget(widget)
        side.addStretch(1)
        self._side.setFixedWidth(self.picture.minimumWidth())
        self._middle = QStackedWidget()
        for widget in (self.pages, self.table, self._nothing):
            self._middle.addWidget(widget)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self._middle, 1)
        middle.addWidget(self._side)
        column = QVBoxLayout(self)
        # What is shown must not decide how small the window can be made.
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(controls)
        column.addLayout(middle, 1)
        column.addWidget(label(_KEYS, "muted"))

    def show_collection(self, collection: Collection) -> None:
        """Other data, or the same with another split; what is chosen stays where it can."""
        self.collection = collection
        self.setWindowTitle(f"{collection.dataset.title}: examples")
        part, name = self.part, self._class.currentText()
        with QSignalBlocker(self._part), QSignalBlocker(self._class):
            self._part.clear()
            for key in PARTS:
                self._part.addItem(f"{_TITLES[key]}: {collection.size(key):,}", key)
            self._part.setCurrentIndex(PARTS.index(part))
            self._class.clear()
            self._class.addItem("All classes", None)
            for number, title in enumerate(collection.dataset.class_names):
                self._class.addItem(title, number)
            self._class.setCurrentIndex(max(self._class.findText(name, Qt.MatchFlag.MatchExactly), 0))
        self._class.setVisible(bool(collection.dataset.class_names))
        if collection.dataset.is_image:
            self.pages.set_shape(*collection.dataset.example_shape[:2])
        self._find()

    def forget(self) -> None:
        """Nobody looks: hold no data until there is another collection."""
        self.collection, self.positions, self.current = None, np.zeros(0, np.intp), 0
        self.rows.show_examples(None, self.part, self.positions)

    def show_selection(self, selection: Selection) -> None:
        """An example was selected in a view: go there, if it is among those that are shown."""
        if selection.part == self.part and len(self.positions):
            place = int(np.searchsorted(self.positions, selection.example))
            if place < len(self.positions) and self.positions[place] == selection.example:
                self.go_to(place)

    def showEvent(self, event: QShowEvent) -> None:
        """The keys go through the examples from the start."""
        super().showEvent(event)
        (self.pages if self._is_image else self.table).setFocus()

    def choose(self, place: int) -> None:
        """Go to a place among the examples shown, and tell the views."""
        if len(self.positions):
            self.go_to(place)
            self.chosen.emit(self.part, int(self.positions[self.current]))

    def go_to(self, place: int) -> None:
        """Show the example at a place among those shown, and its page."""
        before, self.current = self._first, max(0, min(place, len(self.positions) - 1))
        if self._is_image and before == self._first and self.pages.capacity == self._capacity:
            self.pages.mark(self.current - self._first)
            self._show_example()
        else:
            self._turn_page()

    @property
    def _first(self) -> int:
        return self.current // self.pages.capacity * self.pages.capacity

    @property
    def _is_image(self) -> bool:
        return self.collection is not None and self.collection.dataset.is_image

    def _find(self) -> None:
        """The examples of the chosen part and class, from the first one."""
        if self.collection is None:
            return
        self.positions = self.collection.positions(self.part, self._class.currentData())
        self.current = 0
        if self._is_image:
            self.rows.show_examples(None, self.part, self.positions[:0])
        else:
            self.rows.show_examples(self.collection, self.part, self.positions)
            self.table.horizontalHeader().setDefaultSectionSize(self._column_width())
        self._turn_page()

    def _column_width(self) -> int:
        """So wide that the names above can be read, unless they are very long."""
        metrics, columns = self.table.horizontalHeader().fontMetrics(), range(min(self.rows.columnCount(), _NAMES_SEEN))
        names = (str(self.rows.headerData(column, Qt.Orientation.Horizontal)) for column in columns)
        return min(max(_NARROWEST, 24 + max(map(metrics.horizontalAdvance, names), default=0)), _WIDEST)

    def _turn_page(self) -> None:
        """Read and show the page of the current example, and nothing else."""
        collection, count = self.collection, len(self.positions)
        if collection is None:
            return
        self._nothing.setText(_NOTHING.format(part=_TITLES[self.part].lower()))
        self._middle.setCurrentWidget(self._nothing if not count else self.pages if self._is_image else self.table)
        for widget in (self._side, self._back, self._on, self._page, self.page_number):
            widget.setVisible(self._is_image and count > 0)
        self._show_where(count)
        if not count:
            return
        if self._is_image:
            self._capacity = self.pages.capacity
            shown = self.positions[self._first : self._first + self._capacity]
            labels = collection.labels(self.part, shown)
            captions = tuple(collection.class_name(int(number)) for number in labels)
            pixels = as_pixels(collection.inputs(self.part, shown), collection.dataset.grey_range)
            self.pages.show_page(pixels, captions, self.current - self._first)
            self._show_example()
        elif self.table.currentIndex().row() != self.current:
            self.table.selectRow(self.current)

    def _show_where(self, count: int) -> None:
        last = max(-(-count // self.pages.capacity), 1)
        with QSignalBlocker(self.page_number):
            self.page_number.setRange(1, last)
            self.page_number.setValue(self.current // self.pages.capacity + 1)
        self._back.setEnabled(self._first > 0)
        self._on.setEnabled(self._first + self.pages.capacity < count)
        self._of.setText(f"of {last:,}" if self._is_image and count else f"{count:,} examples")

    def _show_example(self) -> None:
        assert self.collection is not None
        place = self.positions[self.current : self.current + 1]
        name = self.collection.class_name(int(self.collection.labels(self.part, place)[0]))
        self.picture.show_picture(self.collection.inputs(self.part, place)[0], self.collection.dataset.grey_range)
        self._caption.setText(name)
        self._caption.setVisible(bool(name))
        self._where.setText(f"{_TITLES[self.part].lower()} example {int(place[0]):,}")

    def _on_row(self, now: QModelIndex, before: QModelIndex) -> None:
        if now.isValid() and now.row() != self.current:
            self.choose(now.row())


def _choice(name: str, width: int) -> Choice:
    choice = Choice()
    choice.setAccessibleName(name)
    choice.setMinimumWidth(width)
    return choice


def _button(text: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(name)
    button.setAccessibleName(name)
    button.setAutoRepeat(True)
    return button


def _table(rows: ExampleTable) -> QTableView:
    table = QTableView()
    table.setAccessibleName("Examples")
    table.setModel(rows)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setWordWrap(False)
    table.setCornerButtonEnabled(False)
    for header in (table.horizontalHeader(), table.verticalHeader()):
        header.setHighlightSections(False)
    table.verticalHeader().setDefaultSectionSize(26)
    table.horizontalHeader().setDefaultSectionSize(_NARROWEST)
    return table
