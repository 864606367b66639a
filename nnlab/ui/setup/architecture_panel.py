"""The architecture as an editable list of layers; shapes and parameter counts follow every edit."""

from collections.abc import Callable
from dataclasses import fields, replace

from PySide6.QtCore import QSettings, QSignalBlocker
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from nnlab.datasets import Dataset
from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.models import MODELS
from nnlab.models.capabilities import is_layered
from nnlab.models.layers import LAYERS, Layer
from nnlab.models.layers.combined import Combined
from nnlab.models.model import ModelSettings
from nnlab.models.plan import LayerPlan, faults, plan_of
from nnlab.settings import describe, with_shared
from nnlab.ui.choices_left import MODEL, layer_choice
from nnlab.ui.session import Session
from nnlab.ui.setup.cost_words import Step, compact, in_short, step_of, total_in_full
from nnlab.ui.setup.form import Choice, SettingsForm
from nnlab.ui.setup.layer_kind import LayerKind
from nnlab.ui.setup.layer_places import Place, inserted, layer_at, moved, removed, replaced, swapped, top_place
from nnlab.ui.setup.layer_tree import LayerTree
from nnlab.ui.setup.look_strip import LookStrip
from nnlab.ui.setup.previewing import Previewing
from nnlab.ui.setup.section import SectionLine, has_room
from nnlab.ui.situation import Situation
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.card import Card, label
from nnlab.ui.widgets.elided import Elided

# On a screen as high as this there is room for them besides the data's pictures.
_HIGH = 1300
# Beside the time there is no room for more of them.
_MOST_DIGITS = 1_000_000


class ArchitecturePanel(Card):
    """The model card: layers top to bottom, what is wrong, the selected one's settings below a line, the loss."""

    def __init__(self, session: Session, memory: QSettings) -> None:
        super().__init__("2  Model", dense=True)
        self._session = session
        self._previewing = Previewing(session)
        self._previewing.changed.connect(self._show_costs)
        self._plans: tuple[LayerPlan, ...] = ()
        self._step: Step | None = None
        self._list = LayerTree()
        self._list.currentItemChanged.connect(lambda *_: self._show_selected())
        for chosen in (self._list.itemClicked, self._list.itemActivated):
            chosen.connect(lambda *_: self.layer_line.turn(True, for_good=False))
        self._kind = Choice()
        self._kind.setAccessibleName("Kind of model")
        for kind, settings in MODELS.items():
            self._kind.addItem(settings.title, kind)
        self._kind.activated.connect(lambda _: self.choose_kind(self._kind.currentData()))
        self.body.addWidget(self._kind)
        self.body.addWidget(self._list)
        self._error = label("", "error")
        self._error.setWordWrap(True)
        self._error.hide()
        self._layer = self._make_layer_part(memory)
        self._buttons = self._make_buttons()
        self._model_form = SettingsForm(marks_live=True, left=session.choices_left, memory=memory)
        self._model_form.edited.connect(self._edit_model)
        # What stands below it is of the model, and no longer of the selected layer.
        self.divider = QFrame()
        self.divider.setObjectName("divider")
        for widget in (self._error, self._buttons, self._layer, self.divider, self._model_form):
            self.body.addWidget(widget)
        session.experiment_changed.connect(self.show_experiment)
        session.dataset_changed.connect(self._show_dataset)
        session.situation_changed.connect(self._show_situation)
        self.show_experiment(session.experiment)

    def apply_theme(self, theme: Theme) -> None:
        """The colours of the pictures."""
        self._list.apply_theme(theme)
        self._strip.apply_theme(theme)

    @property
    def error_text(self) -> str:
        """The sentence shown inline, or an empty one."""
        return self._error.text()

    def show_experiment(self, experiment: Experiment) -> None:
        """Fill the list, keeping the selected row."""
        with QSignalBlocker(self._kind):
            self._kind.setCurrentIndex(self._kind.findData(experiment.model.kind))
        model = experiment.model
        for part in (self._buttons, self.divider):
            part.setVisible(is_layered(model))
        self._model_form.show_settings(model)
        self._plans = self._planned(model)
        self._list.setVisible(bool(self._plans))
        self._show_costs()

    def choose_kind(self, kind: str) -> None:
        """Another kind of model, with the layers of its own that suit the data."""
        if kind != self._session.experiment.model.kind:
            self._session.choose_model(self._session.choices_left.again(MODEL, MODELS[kind]()))
            self.select(1)

    def _parameter_count(self, experiment: Experiment) -> int | None:
        """How many numbers the model learns; None where it does not fit the data."""
        dataset = self._session.dataset
        if dataset is None:
            return None
        try:
            return experiment.model.parameter_count(dataset.example_shape, dataset.targets)
        except NnlabError:
            return None

    def select(self, row: int) -> None:
        """Select layer number `row`, counted from 1."""
        self._list.select(top_place(row - 1))

    def add_layer(self, kind: str) -> None:
        """A layer of this kind below the selected one; one that has layers inside begins with some that fit there."""
        place, shape = self._list.place, self._list.shape
        layer = LAYERS[kind].suited_to(shape) if shape else LAYERS[kind]()
        self._change(inserted(self._layers(), place, layer), moved(place, 1))
        self.layer_line.turn(True, for_good=False)

    def choose_layer_kind(self, kind: str) -> None:
        """Another kind of layer in the place of the selected one."""
        layers, place = self._layers(), self._list.place
        former = layer_at(layers, place)
        if former is None or former.kind == kind:
            return
        shape = self._list.shape_before(place)
        first = with_shared(LAYERS[kind].suited_to(shape) if shape else LAYERS[kind](), former)
        layer = self._session.choices_left.again(layer_choice(place), first)
        self._change(replaced(layers, place, layer), place)

    def remove_layer(self) -> None:
        """Take out the selected layer."""
        layers, place = self._layers(), self._list.place
        if layer_at(layers, place):
            self._change(removed(layers, place), place)

    def move_layer(self, by: int) -> None:
        """Move the selected layer up (-1) or down (+1)."""
        layers, place = self._layers(), self._list.place
        if layer_at(layers, place) and layer_at(layers, moved(place, by)):
            self._change(swapped(layers, place, by), moved(place, by))

    def _make_layer_part(self, memory: QSettings) -> QWidget:
        """The selected layer's kind and settings, and the line that opens and closes them."""
        self.layer_line = SectionLine("Layer", memory, "selected layer", is_open=has_room(self, _HIGH))
        self._layer_kind = LayerKind()
        self._layer_kind.chosen.connect(self.choose_layer_kind)
        self._layer_form = SettingsForm(marks_live=True)
        self._layer_form.edited.connect(self._edit_layer)
        self._strip, self._costs = LookStrip(), Elided("muted")
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._strip)
        column.addWidget(self._costs)
        column.addWidget(self._layer_kind)
        column.addWidget(self._layer_form)
        self.layer_line.turned.connect(lambda _: self._show_selected())
        return part

    def _make_buttons(self) -> QWidget:
        """The line of the selected layer, and what can be done at its place."""
        add = QToolButton()
        add.setText("+ Layer")
        add.setObjectName("step")
        add.setFixedWidth(66)
        add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(add)
        menu.aboutToShow.connect(lambda: self._list_kinds(menu))
        add.setMenu(menu)
        row = QWidget()
        buttons = QHBoxLayout(row)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(4)
        kept = self.layer_line.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.layer_line.setSizePolicy(kept)
        buttons.addWidget(self.layer_line, 1)
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
            button.setObjectName("step")
            button.setFixedWidth(26)
            buttons.addWidget(button)
        return row

    def _list_kinds(self, menu: QMenu) -> None:
        """The layers that the present kind of model may have."""
        menu.clear()
        for kind in self._session.experiment.model.layer_kinds:
            menu.addAction(LAYERS[kind].title, self._adding(kind))

    def _adding(self, kind: str) -> Callable[[], None]:
        return lambda: self.add_layer(kind)

    def _planned(self, model: ModelSettings) -> tuple[LayerPlan, ...]:
        """Its layers, with shapes as far as the data is known, and they fit it."""
        dataset = self._session.dataset
        layers = model.layers if is_layered(model) else ()
        if dataset is None:
            return plan_of(layers, None)
        try:
            return model.plan(dataset.example_shape, dataset.targets)
        except NnlabError:
            # It takes no examples of such a shape; the sentence about that stands below.
            return plan_of(layers, None)

    def _show_costs(self) -> None:
        """What the layers are and take, as it is known now; the pictures come when they have been made."""
        experiment, dataset = self._session.experiment, self._session.dataset
        self._step = step_of(experiment, dataset, self._previewing.rates) if dataset is not None else None
        first = self._plans[0].input_shape if self._plans else None
        shape = first if first is not None or dataset is None else dataset.example_shape
        self._list.show_plans(self._plans, shape, self._step)
        self._list.show_preview(self._previewing.preview)
        self._show_note(experiment)
        self._show_selected()

    def _show_note(self, experiment: Experiment) -> None:
        """How many numbers the model learns, and about how long a step takes; more of it under the mouse."""
        count, step, preview = self._parameter_count(experiment), self._step, self._previewing.preview
        if step is None or count is None:
            self.set_note("")
            self.explain_note("")
            return
        learned = f"{count:,}" if count < _MOST_DIGITS else compact(count)
        time = step.whole_time(self._plans)
        self.set_note(f"{learned} params · {time} a step" if time else f"{learned} params")
        lines = [f"{count:,} parameters", total_in_full(self._plans, step)]
        if preview is not None and not preview.examples:
            lines.append("too large to be tried on examples before training")
        self.explain_note("\n".join(lines))

    def _layers(self) -> tuple[Layer, ...]:
        model = self._session.experiment.model
        return model.layers if is_layered(model) else ()

    def _show_selected(self) -> None:
        layer = layer_at(self._layers(), self._list.place)
        self.layer_line.setVisible(layer is not None)
        self._layer.setVisible(layer is not None and self.layer_line.is_open)
        self._layer_kind.show_layer(layer, self._session.experiment.model.layer_kinds)
        if layer is None:
            return
        self.layer_line.call(layer.title if isinstance(layer, Combined) else layer.summary())
        plan, step = self._list.plan, self._step
        costs = in_short(plan, step) if step is not None and plan is not None and plan.shape is not None else ""
        self._costs.setText(costs)
        self._costs.setVisible(bool(costs))
        self._strip.show_look(self._list.look)
        has_settings = any(describe(entry).in_form for entry in fields(layer))
        self._layer_form.setVisible(has_settings)
        if has_settings:
            self._layer_form.show_settings(layer)

    def _show_dataset(self, dataset: Dataset) -> None:
        self.show_experiment(self._session.experiment)

    def _show_situation(self, now: Situation) -> None:
        """What is wrong, and whether the run has another model."""
        # That nothing has been drawn yet is told beside the data.
        problem = "" if now.is_blank else now.problem
        self._error.setText(problem)
        # What is wrong with a layer stands at the layer.
        self._error.setVisible(bool(problem) and not faults(self._plans))
        if now.has_data:
            changed = now.running is not None and now.running.model != now.wish.experiment.model
            self.mark_title("changed" if changed else "title")

    def _edit_layer(self, layer: Layer, name: str) -> None:
        place = self._list.place
        number = ".".join(str(number + 1) for _, number in place)
        self._change(replaced(self._layers(), place, layer), place, f"layer {number} {name}")

    def _edit_model(self, model: ModelSettings, name: str) -> None:
        self._session.edit(replace(self._session.experiment, model=model), f"model.{name}")

    def _change(self, layers: tuple[Layer, ...], place: Place, what: str = "") -> None:
        experiment = self._session.experiment
        assert is_layered(experiment.model)  # of others no list is shown
        self._session.edit(replace(experiment, model=replace(experiment.model, layers=layers)), what)
        self._list.select(place)
