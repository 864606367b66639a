"""The examples whose values are told worst, in a list from which one is selected."""

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from nnlab.probes.predicted_values import PredictedValues
from nnlab.ui.views.predicted_values.words import form_of, number_text

_MOST_ROWS = 50
_EXAMPLE = Qt.ItemDataRole.UserRole
_ERROR = 3
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
WIDTH, _WIDEST = 270, 380


class WorstList(QTreeWidget):
    """One row for each example: what it is, what is predicted, and by how much that is too much."""

    chosen = Signal(int)  # position in the part

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Worst predictions")
        self.setHeaderLabels(["worst", "true", "predicted", "error"])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setFixedWidth(WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        for column in range(4):
            self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self.headerItem().setTextAlignment(column, _RIGHT)
        self._rows: list[QTreeWidgetItem] = []
        self.currentItemChanged.connect(self._choose)

    def show_answer(self, answer: PredictedValues, selected: int | None) -> None:
        """The worst first; of rows that are there already only the words change."""
        worst, form = answer.worst[:_MOST_ROWS], form_of(answer)
        with QSignalBlocker(self):
            while len(self._rows) > len(worst):
                self.takeTopLevelItem(self.indexOfTopLevelItem(self._rows.pop()))
            while len(self._rows) < len(worst):
                self._rows.append(_row())
                self.addTopLevelItem(self._rows[-1])
            self.setCurrentIndex(QModelIndex())
            for item, number in zip(self._rows, worst, strict=True):
                item.setData(0, _EXAMPLE, int(answer.places[number]))
                item.setText(0, f"{answer.places[number]:,}")
                for column, values in enumerate((answer.true, answer.predicted, answer.residuals), 1):
                    item.setText(column, number_text(values[number], f"+{form}" if column == _ERROR else form))
                if number == selected:
                    self.setCurrentItem(item)
        # It grows with the numbers and never shrinks, so that the plots beside it stand still.
        needed = self.header().length() + self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth()
        self.setFixedWidth(max(self.width(), min(needed, _WIDEST)))

    def forget(self) -> None:
        """No examples."""
        with QSignalBlocker(self):
            self._rows.clear()
            self.clear()

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(0, _EXAMPLE))


def _row() -> QTreeWidgetItem:
    item = QTreeWidgetItem()
    for column in range(4):
        item.setTextAlignment(column, _RIGHT)
    return item
