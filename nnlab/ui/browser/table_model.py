"""Examples that are no pictures, as rows of numbers. A cell is read when it is seen, so a million rows cost nothing."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from nnlab.datasets.words import as_in_data
from nnlab.ui.browser.collection import Collection
from nnlab.ui.widgets.explained import literally

Place = QModelIndex | QPersistentModelIndex


class ExampleTable(QAbstractTableModel):
    """One row per example: its class, then its numbers. The row's header is the example's position in its part."""

    def __init__(self) -> None:
        super().__init__()
        self._collection: Collection | None = None
        self._part = "train"
        self._positions: npt.NDArray[np.intp] = np.zeros(0, np.intp)

    def show_examples(self, collection: Collection | None, part: str, positions: npt.NDArray[np.intp]) -> None:
        """These examples of a part of the data, from now on; without a collection none."""
        self.beginResetModel()
        self._collection, self._part, self._positions = collection, part, positions
        self.endResetModel()

    def rowCount(self, parent: Place | None = None) -> int:
        """One per example; cells have no rows in them."""
        return 0 if parent is not None and parent.isValid() else len(self._positions)

    def columnCount(self, parent: Place | None = None) -> int:
        """The numbers of an example, and before them its class, where there are classes."""
        if self._collection is None or (parent is not None and parent.isValid()):
            return 0
        return int(np.prod(self._collection.dataset.example_shape)) + self._leading

    def data(self, index: Place, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A class's name, or a number."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole or self._collection is None:
            return None
        place = self._positions[index.row() : index.row() + 1]
        if index.column() < self._leading:
            return self._collection.class_name(int(self._collection.labels(self._part, place)[0]))
        return as_in_data(self._collection.inputs(self._part, place).ravel()[index.column() - self._leading])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Positions at the left; above, what the columns are."""
        # A heading may be too narrow for a long name.
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            return f"{self._positions[section]:,}"
        name = "class" if section < self._leading else self._name(section - self._leading)
        return literally(name) if role == Qt.ItemDataRole.ToolTipRole else name

    def _name(self, column: int) -> str:
        return self._collection.dataset.input_names.name(column) if self._collection is not None else ""

    @property
    def _leading(self) -> int:
        return int(self._collection is not None and bool(self._collection.dataset.class_names))
