"""The architecture as an editable list of layers; shapes and parameter counts follow every edit."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QMenu, QToolButton, QTreeWidget, QTreeWidgetItem, QWidget

from nnlab.datasets import Dataset
from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.models import MODELS
from nnlab.models.layers import LAYERS, Layer
from nnlab.models.layers.sequence import layer_shapes
from nnlab.ui.session import Session
from nnlab.ui.setup.form import Choice, SettingsForm
from nnlab.ui.widgets.card import Card, label

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ArchitecturePanel(Card):
    """The model card: layers top to bottom, the selected one's settings below, the loss, and what is wrong."""

    def __init__(self, session: Session) -> None:
        super().__init__("2  Model")
        self._session = session
        self._list = QTreeWidget()
        self._list.setAccessibleName("Layers")
        self._list.setHeaderLabels(["layer", "output", "params"])
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.header().setStretchLastSection(False)
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            self._list.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self._list.headerItem().setTextAlignment(column, _RIGHT)
        self._list.currentItemChanged.connect(lambda *_: self._show_selected())
        self._kind = Choice()
        self._kind.setAccessibleName("Kind of model")
        for kind, settings in MODELS.items():
            self._kind.addItem(settings.title, kind)
        self._kind.activated.connect(lambda _: self.choose_kind(self._kind.currentData()))
        self.body.addWidget(self._kind)
        self.body.addWidget(self._list)
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
        session.problem_changed.connect(self._show_problem)
        session.pending_changed.connect(lambda _: self._mark_pending())
        self.show_experiment(session.experiment)

    @property
    def error_text(self) -> str:
        """The sentence shown inline, or an empty one."""
        return self._error.text()

    def show_experiment(self, experiment: Experiment) -> None:
        """Fill the list, keeping the selected row."""
        with QSignalBlocker(self._kind):
            self._kind.setCurrentIndex(self._kind.findData(experiment.model.kind))
        is_layered = bool(experiment.model.layer_kinds)
        self._list.setVisible(is_layered)
        self._buttons.setVisible(is_layered)
        self._model_form.show_settings(experiment.model)
        if is_layered:
            self._show_layers(experiment)
        self.set_note(self._count_text(experiment))
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

    def _show_layers(self, experiment: Experiment) -> None:
        row = max(self._selected_row(), 1)
        layers = experiment.model.layers
        shapes, counts = self._measure(experiment)
        with QSignalBlocker(self._list):
            self._list.clear()
            self._list.addTopLevelItem(_row("Input", _shape_text(shapes[0]), ""))
            for number, layer in enumerate(layers, 1):
                known = number < len(shapes)
                shape = _shape_text(shapes[number]) if known else "?"
                count = f"{counts[number - 1]:,}" if known and counts[number - 1] else ""
                self._list.addTopLevelItem(_row(layer.summary(), shape, count))
            self._list.setCurrentItem(self._list.topLevelItem(min(row, len(layers))))
        height = sum(self._list.sizeHintForRow(0) for _ in range(min(len(layers) + 1, 9)))
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
        self._list.setCurrentItem(self._list.topLevelItem(row))

    def add_layer(self, kind: str) -> None:
        """A layer of this kind below the selected one."""
        layers = list(self._layers())
        row = self._selected_row()
        layers.insert(row, LAYERS[kind]())
        self._change(layers, row + 1)

    def remove_layer(self) -> None:
        """Take out the selected layer."""
        layers, row = list(self._layers()), self._selected_row()
        if row >= 1:
            del layers[row - 1]
            self._change(layers, min(row, len(layers)))

    def move_layer(self, by: int) -> None:
        """Move the selected layer up (-1) or down (+1)."""
        layers, row = list(self._layers()), self._selected_row()
        target = row + by
        if row >= 1 and 1 <= target <= len(layers):
            layers[row - 1], layers[target - 1] = layers[target - 1], layers[row - 1]
            self._change(layers, target)

    def _make_buttons(self) -> QWidget:
        add = QToolButton(text="+ Layer")
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
            button = QToolButton(text=text)
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
            menu.addAction(LAYERS[kind].title, lambda kind=kind: self.add_layer(kind))

    def _measure(self, experiment: Experiment) -> tuple[list[tuple[int, ...]], list[int]]:
        """The input's and the layers' shapes as far as they chain, and the parameters of each."""
        dataset = self._session.dataset
        if dataset is None:
            return [()], []
        try:
            shapes = [experiment.model.input_shape(dataset.example_shape)]
        except NnlabError:
            return [dataset.example_shape], []
        counts: list[int] = []
        for layer in experiment.model.layers:
            try:
                (output,) = layer_shapes((layer,), shapes[-1])
            except NnlabError:
                break
            counts.append(sum(int(np.prod(shape)) for shape in layer.parameter_shapes(shapes[-1]).values()))
            shapes.append(output)
        return shapes, counts

    def _layers(self) -> tuple[Layer, ...]:
        model = self._session.experiment.model
        return model.layers if model.layer_kinds else ()

    def _selected_row(self) -> int:
        return self._list.indexOfTopLevelItem(self._list.currentItem()) if self._list.currentItem() else 0

    def _show_selected(self) -> None:
        row = self._selected_row()
        has_settings = 1 <= row <= len(self._layers()) and bool(self._layers()[row - 1].__dataclass_fields__)
        self._layer_form.setVisible(has_settings)
        if has_settings:
            self._layer_form.show_settings(self._layers()[row - 1])

    def _show_dataset(self, dataset: Dataset) -> None:
        self.show_experiment(self._session.experiment)

    def _show_problem(self, problem: str) -> None:
        # That nothing has been drawn yet is told beside the data.
        problem = "" if self._session.is_blank else problem
        self._error.setText(problem)
        self._error.setVisible(bool(problem))

    def _mark_pending(self) -> None:
        running = self._session.running
        changed = running is not None and running.model != self._session.experiment.model
        self.mark_title("changed" if changed else "title")

    def _edit_layer(self, layer: Layer, name: str) -> None:
        layers = list(self._layers())
        row = self._selected_row()
        layers[row - 1] = layer
        self._change(layers, row, f"layer {row} {name}")

    def _edit_model(self, model: object, name: str) -> None:
        self._session.edit(replace(self._session.experiment, model=model), f"model.{name}")

    def _change(self, layers: list[Layer], row: int, what: str = "") -> None:
        experiment = self._session.experiment
        self._session.edit(replace(experiment, model=replace(experiment.model, layers=tuple(layers))), what)
        self.select(row)


def _row(layer: str, shape: str, count: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([layer, shape, count])
    for column in (1, 2):
        item.setTextAlignment(column, _RIGHT)
    return item


def _shape_text(shape: tuple[int, ...]) -> str:
    return "×".join(f"{axis:,}" for axis in shape)
