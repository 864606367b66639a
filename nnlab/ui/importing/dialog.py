"""The question before weights are imported: the tensors of the model and of the file beside each other, and what fits."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnlab.experiments.imports.comparing import AUTO, Row
from nnlab.experiments.imports.conventions import CONVENTIONS
from nnlab.experiments.imports.importing import Weights
from nnlab.ui.first_size import begin_as_large
from nnlab.ui.importing.found import Found
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.explained import literally
from nnlab.ui.widgets.read_table import read_table
from nnlab.words import counted

_TITLES = ("", "Model", "Shape", "File", "Shape", "")
_FITS, _FITS_NOT = "✓", "✗"
# Pixels: margins and a scroll bar, and the sizes of the dialog.
_BESIDE_THE_TABLE, _LEAST, _HEIGHT = 64, 640, 560


class WeightsDialog(QDialog):
    """Closes with the weights that are to be imported, or with none."""

    chosen = Signal(object)  # Weights

    def __init__(self, found: Found, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle("Import weights")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._found = found
        self._weights: Weights | None = None
        self.head = label(f"{found.name} into the model of {found.experiment.name}", "title")
        self.summary, self.caution, self.problem = label("", "muted"), label("", "muted"), label("", "error")
        for line in (self.head, self.summary, self.caution, self.problem):
            line.setWordWrap(True)
        self.layouts = self._make_layouts()
        self.table = _table()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        # As everywhere in the window, words alone.
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setIcon(QIcon())
        self.accept_button = self.buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setObjectName("primary")
        self.buttons.accepted.connect(self._choose)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self._show()
        wide = self.table.horizontalHeader().length() + _BESIDE_THE_TABLE
        begin_as_large(self, (min(max(wide, _LEAST), max(window.width() - _BESIDE_THE_TABLE, _LEAST)), _HEIGHT))

    def _make_layouts(self) -> QComboBox:
        layouts = QComboBox()
        layouts.setAccessibleName("Written as")
        layouts.addItem("As the file tells", AUTO)
        for name, convention in CONVENTIONS.items():
            layouts.addItem(convention.title, name)
        layouts.setToolTip("In whose names the tensors are called, and in which order their axes lie")
        layouts.currentIndexChanged.connect(self._show)
        return layouts

    def _lay_out(self) -> None:
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(16, 14, 16, 14)
        # A sentence that comes or goes resizes the table, and not the window.
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        column.setSpacing(8)
        row.addWidget(label("Written as"))
        row.addWidget(self.layouts, 1)
        for part in (self.head, self.summary):
            column.addWidget(part)
        column.addLayout(row)
        column.addWidget(self.table, 1)
        for line in (self.caution, self.problem):
            column.addWidget(line)
        column.addWidget(self.buttons)

    def _show(self) -> None:
        """Both as the chosen convention has them."""
        weights = self._weights = self._found.as_laid(self.layouts.currentData())
        found = weights.compared
        count = counted(len(found.match.pairs), "tensor")
        self.summary.setText(
            f"{count}, as {found.convention.title} has them, matched {found.match.way}. "
            "A fresh run begins from them; the present one is put aside, and undo has it again."
        )
        self.caution.setText(f"{found.caution[:1].upper()}{found.caution[1:]}.")
        self.caution.setVisible(bool(found.caution))
        # It begins with the file's name.
        self.problem.setText(f"{weights.problem}.")
        self.problem.setVisible(bool(weights.problem))
        self.accept_button.setEnabled(not weights.problem)
        # What does not fit is what a person looks for.
        rows = sorted(found.rows, key=lambda row: row.fits)
        self.table.setRowCount(len(rows))
        for at, row in enumerate(rows):
            self._show_row(at, row)
        self.table.resizeColumnsToContents()

    def _show_row(self, at: int, row: Row) -> None:
        mark = _FITS if row.fits else _FITS_NOT
        for column, text in enumerate((mark, row.own, row.own_shape, row.file, row.file_shape, row.words)):
            item = QTableWidgetItem(text)
            item.setToolTip(literally(text))
            self.table.setItem(at, column, item)

    def _choose(self) -> None:
        weights = self._weights
        self.accept()
        if weights is not None:
            self.chosen.emit(weights)


def _table() -> QTableWidget:
    """Read alone, row by row."""
    table = read_table("Tensors of the model and of the file", len(_TITLES), by_rows=True)
    table.setHorizontalHeaderLabels(_TITLES)
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setStretchLastSection(True)
    return table
