"""The list of layers: what comes out of each, and how many numbers it learns; layers inside of others below them."""

import math
from collections.abc import Iterator

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QTreeWidgetItemIterator

from nnlab.errors import NnlabError
from nnlab.models.arrays import Shape
from nnlab.models.layers import Layer
from nnlab.models.layers.combined import Combined
from nnlab.ui.setup.layer_places import Place, layer_at, moved, top_place

# What a row of the list knows of its layer.
_PLACE, _SHAPE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MOST_ROWS = 6


class LayerTree(QTreeWidget):
    """A row for the input and one for every layer, of which one is selected."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Layers")
        self.setHeaderLabels(["layer", "output", "params"])
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self.headerItem().setTextAlignment(column, _RIGHT)

    @property
    def place(self) -> Place:
        """Where the selected layer stands."""
        item = self.currentItem()
        return item.data(0, _PLACE) if item else top_place(0)

    @property
    def shape(self) -> Shape | None:
        """What comes out of the selected layer, as far as that is known."""
        item = self.currentItem()
        return item.data(0, _SHAPE) if item else None

    def shape_before(self, place: Place) -> Shape | None:
        """What comes into a layer, as far as that is known."""
        if item := self._item_at(moved(place, -1)):
            shape: Shape | None = item.data(0, _SHAPE)
            return shape
        return self.shape_before(place[:-1]) if len(place) > 1 else None

    def show_layers(self, layers: tuple[Layer, ...], input_shape: Shape | None) -> None:
        """Fill the list, keeping the selected row."""
        place = self.place
        with QSignalBlocker(self):
            self.clear()
            self.addTopLevelItem(_kept(_row("Input", input_shape, 0), top_place(-1), input_shape))
            self.addTopLevelItems(_rows((layers,), (), input_shape)[0])
            self.expandAll()
            last = top_place(min(max(place[0][1], 0), len(layers) - 1))
            self.select(place if layer_at(layers, place) else last)
        shown = sum(1 for _ in self._all_items())
        height = sum(self.sizeHintForRow(0) for _ in range(min(shown, _MOST_ROWS)))
        self.setFixedHeight(height + self.header().sizeHint().height() + 4)

    def select(self, place: Place) -> None:
        """Select the layer that stands there, if one does."""
        if item := self._item_at(place):
            self.setCurrentItem(item)

    def _item_at(self, place: Place) -> QTreeWidgetItem | None:
        return next((item for item in self._all_items() if item.data(0, _PLACE) == place), None)

    def _all_items(self) -> Iterator[QTreeWidgetItem]:
        iterator = QTreeWidgetItemIterator(self)
        while item := iterator.value():
            yield item
            iterator += 1


def _rows(
    branches: tuple[tuple[Layer, ...], ...], around: Place, input_shape: Shape | None
) -> tuple[list[QTreeWidgetItem], Shape | None]:
    """A row for every layer, with rows for the layers inside of it below; and the last shape, as far as they chain."""
    rows: list[QTreeWidgetItem] = []
    shape = input_shape
    for branch, layers in enumerate(branches):
        shape = input_shape
        word = f"{branch + 1}: " if len(branches) > 1 else ""
        if not layers and around:
            rows.append(_kept(_row(f"{word}as it is", shape, 0), (*around, (branch, -1)), shape))
        for number, layer in enumerate(layers):
            place, before = (*around, (branch, number)), shape
            shape, count = _measured(layer, before)
            name = layer.title if isinstance(layer, Combined) else layer.summary()
            row = _kept(_row(word + name, shape, count), place, shape)
            if isinstance(layer, Combined):
                row.addChildren(_rows(layer.branches, place, before)[0])
            rows.append(row)
    return rows, shape


def _measured(layer: Layer, shape: Shape | None) -> tuple[Shape | None, int]:
    """What comes out of a layer, and how many numbers it learns; None where it does not fit."""
    if shape is None:
        return None, 0
    try:
        return layer.output_shape(shape), sum(math.prod(own) for own in layer.parameter_shapes(shape).values())
    except NnlabError:
        return None, 0


def _row(layer: str, shape: Shape | None, count: int) -> QTreeWidgetItem:
    item = QTreeWidgetItem([layer, "?" if shape is None else _shape_text(shape), f"{count:,}" if count else ""])
    for column in (1, 2):
        item.setTextAlignment(column, _RIGHT)
    return item


def _kept(item: QTreeWidgetItem, place: Place, shape: Shape | None) -> QTreeWidgetItem:
    """The row with its place and shape in it."""
    item.setData(0, _PLACE, place)
    item.setData(0, _SHAPE, shape)
    return item


def _shape_text(shape: Shape) -> str:
    return "×".join(f"{axis:,}" for axis in shape)
