"""The architecture as an editable list of layers; shapes and parameter counts follow every edit."""

import math
from collections.abc import Callable, Iterator
from dataclasses import fields, replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QWidget,
)

from nnlab.datasets import Dataset
from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.models import MODELS
from nnlab.models.arrays import Shape
from nnlab.models.capabilities import is_layered
from nnlab.models.feed_forward import FeedForwardSettings
from nnlab.models.layers import LAYERS, Layer
from nnlab.models.layers.combined import Combined
from nnlab.models.model import ModelSettings
from nnlab.settings import describe
from nnlab.ui.session import Session
from nnlab.ui.setup.form import Choice, SettingsForm
from nnlab.ui.setup.layer_places import Place, inserted, layer_at, moved, removed, replaced, swapped, top_place
from nnlab.ui.setup.marks import LEGEND
from nnlab.ui.situation import Situation
from nnlab.ui.widgets.card import Card, label

# What a row of the list knows of its layer.
_PLACE, _SHAPE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ArchitecturePanel(Card):
    """The model card: layers top to bottom, the selected one's settings below, the loss, and what is wrong."""

    def __init__(self, session: Session) -> None:
        super().__init__("2  Model")
        self._session = session
        self.set_note(LEGEND)
        self._list = _list_of_layers()
        self._list.currentItemChanged.connect(lambda *_: self._show_selected())
        self._kind = Choice()
        self._kind.setAccessibleName("Kind of model")
        for kind, settings in MODELS.items():
            self._kind.addItem(settings.title, kind)
        self._kind.activated.connect(lambda _: self.choose_kind(self._kind.currentData()))
        self.body.addWidget(self._kind)
        self.body.addWidget(self._list)
        self._count = label("", "muted")
        self._count.setAlignment(_RIGHT)
        self.body.addWidget(self._count)
        self._buttons = self._make_buttons()
        self.body.addWidget(self._buttons)
        self._layer_form = SettingsForm(marks_live=True)
        self._layer_form.edited.connect(self._edit_layer)
        self._model_form = SettingsForm(marks_live=True)
        self._model_form.edited.connect(self._edit_model)
        self._error = label("", "error")
        self._error.setWordWrap(True)
        self._error.hide()
        for widget in (self._layer_form, self._model_form, self._error):
            self.body.addWidget(widget)
        session.experiment_changed.connect(self.show_experiment)
        session.dataset_changed.connect(self._show_dataset)
        session.situation_changed.connect(self._show_situation)
        self.show_experiment(session.experiment)

    @property
    def error_text(self) -> str:
        """The sentence shown inline, or an empty one."""
        return self._error.text()

    def show_experiment(self, experiment: Experiment) -> None:
        """Fill the list, keeping the selected row."""
        with QSignalBlocker(self._kind):
            self._kind.setCurrentIndex(self._kind.findData(experiment.model.kind))
        model = experiment.model
        self._list.setVisible(is_layered(model))
        self._buttons.setVisible(is_layered(model))
        self._model_form.show_settings(model)
        if is_layered(model):
            self._show_layers(model)
        self._count.setText(self._count_text(experiment))
        self._show_selected()

    def choose_kind(self, kind: str) -> None:
        """Another kind of model, with the layers of its own that suit the data."""
        experiment, dataset = self._session.experiment, self._session.dataset
        if kind == experiment.model.kind:
            return
        model = MODELS[kind]()
        if dataset is not None:
            model = model.with_fitting_outputs(dataset.example_shape, dataset.targets)
        self._session.edit(replace(experiment, model=model))
        self.select(1)

    def _show_layers(self, model: FeedForwardSettings) -> None:
        place, layers, shape = self._selected_place(), model.layers, self._input_shape(model)
        with QSignalBlocker(self._list):
            self._list.clear()
            self._list.addTopLevelItem(_kept(_row("Input", shape, 0), top_place(-1), shape))
            self._list.addTopLevelItems(_rows((layers,), (), shape)[0])
            self._list.expandAll()
            last = top_place(min(max(place[0][1], 0), len(layers) - 1))
            if item := self._item_at(place if layer_at(layers, place) else last):
                self._list.setCurrentItem(item)
        shown = sum(1 for _ in _all_items(self._list))
        height = sum(self._list.sizeHintForRow(0) for _ in range(min(shown, 9)))
        self._list.setFixedHeight(height + self._list.header().sizeHint().height() + 4)

    def _count_text(self, experiment: Experiment) -> str:
        """How many numbers the model learns; nothing where it does not fit the data."""
        dataset = self._session.dataset
        if dataset is None:
            return ""
        try:
            count = experiment.model.parameter_count(dataset.example_shape, dataset.targets)
        except NnlabError:
            return ""
        return f"{count:,} parameters"

    def select(self, row: int) -> None:
        """Select layer number `row`, counted from 1."""
        self._list.setCurrentIndex(self._list.model().index(row, 0))

    def add_layer(self, kind: str) -> None:
        """A layer of this kind below the selected one; one that has layers inside begins with some that fit there."""
        place, shape = self._selected_place(), self._selected_shape()
        layer = LAYERS[kind].suited_to(shape) if shape else LAYERS[kind]()
        self._change(inserted(self._layers(), place, layer), moved(place, 1))

    def remove_layer(self) -> None:
        """Take out the selected layer."""
        layers, place = self._layers(), self._selected_place()
        if layer_at(layers, place):
            self._change(removed(layers, place), place)

    def move_layer(self, by: int) -> None:
        """Move the selected layer up (-1) or down (+1)."""
        layers, place = self._layers(), self._selected_place()
        if layer_at(layers, place) and layer_at(layers, moved(place, by)):
            self._change(swapped(layers, place, by), moved(place, by))

    def _make_buttons(self) -> QWidget:
        add = QToolButton()
        add.setText("+ Layer")
        add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(add)
        menu.aboutToShow.connect(lambda: self._list_kinds(menu))
        add.setMenu(menu)
        row = QWidget()
        buttons = QHBoxLayout(row)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(6)
        buttons.addWidget(add)
        for text, name, act in (
            ("−", "Remove the layer", self.remove_layer),
            ("↑", "Move the layer up", lambda: self.move_layer(-1)),
            ("↓", "Move the layer down", lambda: self.move_layer(1)),
        ):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.clicked.connect(lambda _=False, act=act: act())
            buttons.addWidget(button)
        buttons.addStretch(1)
        return row

    def _list_kinds(self, menu: QMenu) -> None:
        """The layers that the present kind of model may have."""
        menu.clear()
        for kind in self._session.experiment.model.layer_kinds:
            menu.addAction(LAYERS[kind].title, self._adding(kind))

    def _adding(self, kind: str) -> Callable[[], None]:
        return lambda: self.add_layer(kind)

    def _input_shape(self, model: FeedForwardSettings) -> Shape | None:
        """What the model sees of an example, as far as that is known."""
        dataset = self._session.dataset
        if dataset is None:
            return None
        try:
            return model.input_shape(dataset.example_shape)
        except NnlabError:
            return dataset.example_shape

    def _layers(self) -> tuple[Layer, ...]:
        model = self._session.experiment.model
        return model.layers if is_layered(model) else ()

    def _selected_place(self) -> Place:
        item = self._list.currentItem()
        return item.data(0, _PLACE) if item else top_place(0)

    def _selected_shape(self) -> Shape | None:
        item = self._list.currentItem()
        return item.data(0, _SHAPE) if item else None

    def _item_at(self, place: Place) -> QTreeWidgetItem | None:
        return next((item for item in _all_items(self._list) if item.data(0, _PLACE) == place), None)

    def _show_selected(self) -> None:
        layer = layer_at(self._layers(), self._selected_place())
        if layer is None or not any(describe(entry).in_form for entry in fields(layer)):
            self._layer_form.hide()
            return
        self._layer_form.show()
        self._layer_form.show_settings(layer)

    def _show_dataset(self, dataset: Dataset) -> None:
        self.show_experiment(self._session.experiment)

    def _show_situation(self, now: Situation) -> None:
        """What is wrong, and whether the run has another model."""
        # That nothing has been drawn yet is told beside the data.
        problem = "" if now.is_blank else now.problem
        self._error.setText(problem)
        self._error.setVisible(bool(problem))
        if now.has_data:
            changed = now.running is not None and now.running.model != now.wish.experiment.model
            self.mark_title("changed" if changed else "title")

    def _edit_layer(self, layer: Layer, name: str) -> None:
        place = self._selected_place()
        number = ".".join(str(number + 1) for _, number in place)
        self._change(replaced(self._layers(), place, layer), place, f"layer {number} {name}")

    def _edit_model(self, model: ModelSettings, name: str) -> None:
        self._session.edit(replace(self._session.experiment, model=model), f"model.{name}")

    def _change(self, layers: tuple[Layer, ...], place: Place, what: str = "") -> None:
        experiment = self._session.experiment
        assert is_layered(experiment.model)  # of others no list is shown
        self._session.edit(replace(experiment, model=replace(experiment.model, layers=layers)), what)
        if item := self._item_at(place):
            self._list.setCurrentItem(item)


def _list_of_layers() -> QTreeWidget:
    """An empty list, with a column for what comes out of a layer and one for how many numbers it learns."""
    tree = QTreeWidget()
    tree.setAccessibleName("Layers")
    tree.setHeaderLabels(["layer", "output", "params"])
    tree.setRootIsDecorated(False)
    tree.setItemsExpandable(False)
    tree.setIndentation(14)
    tree.setUniformRowHeights(True)
    tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    tree.header().setStretchLastSection(False)
    tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column in (1, 2):
        tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        tree.headerItem().setTextAlignment(column, _RIGHT)
    return tree


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


def _all_items(tree: QTreeWidget) -> Iterator[QTreeWidgetItem]:
    iterator = QTreeWidgetItemIterator(tree)
    while item := iterator.value():
        yield item
        iterator += 1


def _shape_text(shape: Shape) -> str:
    return "×".join(f"{axis:,}" for axis in shape)
