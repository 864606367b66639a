"""A kind that is chosen again is as it was left, for every choice alike, and undo is exact all the same."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.datasets.drawn import DrawnSource
from nnlab.datasets.toys import Circles
from nnlab.experiments.experiment import Experiment
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.losses import CrossEntropy
from nnlab.models.optimizers import Adam, Momentum, Nesterov
from nnlab.models.regularizers import L2
from nnlab.models.schedules import Step
from nnlab.settings import Settings
from nnlab.ui.choices_left import ChoicesLeft, layer_choice
from nnlab.ui.main_window import MainWindow
from nnlab.ui.opened import Opened
from nnlab.ui.setup.form import SettingsForm
from nnlab.ui.setup.layer_places import top_place
from tests.ui.conftest import Driver

POINTS = ((0.0, 1.0, 0.0), (1.0, 0.0, 1.0), (0.5, 0.5, 1.0))


def set_kind(form: SettingsForm, choice: str, kind: str) -> None:
    form.editor(choice).setCurrentText(kind)


@pytest.fixture
def forms(xor: MainWindow) -> dict[str, SettingsForm]:
    return {
        "dataset": xor.dataset_panel._form,
        "training": xor.training_panel._form,
        "model": xor.architecture_panel._model_form,
    }


# For every choice of a form: settings as a person left them, another kind, and how to have both.
CHOICES: dict[str, tuple[str, Settings, str]] = {
    "training.optimizer": ("momentum", Momentum(0.75), "adam"),
    "training.schedule": ("step", Step(every=7), "cosine"),
    "training.penalty": ("l2", L2(0.125), "none"),
    "model.loss": ("cross_entropy", CrossEntropy(0.25), "mean_squared_error"),
    "dataset.source": ("circles", Circles(60, 0.25), "moons"),
}


@pytest.mark.parametrize("name", CHOICES)
def test_a_kind_is_chosen_again_as_it_was_left(xor: MainWindow, forms: dict[str, SettingsForm], name: str) -> None:
    kind, left, other = CHOICES[name]
    section, choice = name.split(".")

    def chosen() -> Settings:
        return getattr(getattr(xor.session.experiment, section), choice)

    session = xor.session
    owner = replace(getattr(session.experiment, section), **{choice: left})
    session.edit(replace(session.experiment, **{section: owner}))
    set_kind(forms[section], choice, other)
    assert type(chosen()) is not type(left)
    set_kind(forms[section], choice, kind)
    assert chosen() == left


def test_every_choice_of_an_experiment_is_among_the_cases() -> None:
    left = ChoicesLeft(Experiment())
    assert {name for name, _ in left._left if "." in name and " " not in name} == set(CHOICES)


def test_a_kind_that_is_new_takes_what_it_shares_with_the_one_before(
    xor: MainWindow, forms: dict[str, SettingsForm]
) -> None:
    form, session = forms["training"], xor.session
    set_kind(form, "optimizer", "momentum")
    form.editor("optimizer.momentum").set_value(0.5)
    form.editor("optimizer.momentum").changed.emit(0.5)
    set_kind(form, "optimizer", "nesterov")
    assert session.experiment.training.optimizer == Nesterov(0.5)


def test_undo_goes_back_exactly_whatever_is_remembered(xor: MainWindow, forms: dict[str, SettingsForm]) -> None:
    form, session = forms["training"], xor.session
    before = session.experiment
    set_kind(form, "optimizer", "adam")
    adam = session.experiment
    form.editor("optimizer.beta1").changed.emit(0.5)
    set_kind(form, "optimizer", "sgd")
    for _ in range(2):
        session.undo()
    assert session.experiment == adam
    session.undo()
    assert session.experiment == before
    # What was taken back is not entered.
    set_kind(form, "optimizer", "adam")
    assert session.experiment.training.optimizer == Adam()


def test_drawn_points_come_back_with_their_source(xor: MainWindow, driver: Driver, forms: dict[str, SettingsForm]) -> None:
    session = xor.session
    session.edit(replace(session.experiment, dataset=replace(session.experiment.dataset, source=DrawnSource(points=POINTS))))
    set_kind(forms["dataset"], "source", "digits")
    driver.wait_for(lambda: session.dataset.name == "digits")
    set_kind(forms["dataset"], "source", "drawn")
    assert session.experiment.dataset.source.points == POINTS
    driver.wait_for(lambda: session.dataset.name == "drawn")


def test_a_layer_changes_its_kind_in_its_place_and_back(digits: MainWindow) -> None:
    panel, session = digits.architecture_panel, digits.session
    before = session.experiment.model.layers
    panel.select(1)
    panel._layer_form.editor("units").setValue(37)
    panel.choose_layer_kind("dropout")
    assert session.experiment.model.layers == (Dropout(), *before[1:])
    panel.choose_layer_kind("dense")
    assert session.experiment.model.layers == (replace(before[0], units=37), *before[1:])
    for _ in range(3):
        session.undo()
    assert session.experiment.model.layers == before


def test_the_kind_of_the_selected_layer_is_shown_and_can_be_chosen(digits: MainWindow) -> None:
    panel, session = digits.architecture_panel, digits.session
    panel.select(2)
    choice = panel._layer_kind.choice
    panel.layer_line.turn(True)
    assert choice.currentData() == "relu" and choice.isVisibleTo(panel)
    assert [choice.itemData(place) for place in range(choice.count())] == list(session.experiment.model.layer_kinds)
    choice.setCurrentIndex(choice.findData("tanh"))
    choice.activated.emit(choice.currentIndex())
    assert session.experiment.model.layers[1] == Tanh()
    assert panel._list.place == top_place(1)
    panel.select(0)
    assert not choice.isVisibleTo(panel)


def test_a_residual_chosen_in_a_layers_place_fits_what_comes_in(digits: MainWindow) -> None:
    panel, session = digits.architecture_panel, digits.session
    panel.select(2)
    panel.choose_layer_kind("residual")
    assert session.problem == "" and panel.error_text == ""
    assert session.experiment.model.layers[1].output_shape((64,)) == (64,)


def test_a_kind_of_model_comes_back_with_its_layers(digits: MainWindow) -> None:
    panel, session = digits.architecture_panel, digits.session
    panel.select(1)
    panel._layer_form.editor("units").setValue(37)
    before = session.experiment.model
    panel.choose_kind("rbm")
    panel.choose_kind("mlp")
    assert session.experiment.model == before


def test_of_another_list_of_layers_nothing_is_known() -> None:
    place = layer_choice(top_place(0))
    left = ChoicesLeft(Experiment(model=MLPSettings((Dense(37), Dense(10)))))
    left.note(Experiment(model=MLPSettings((Tanh(), Dense(10)))))
    assert left.again(place, Dense()) == Dense(37)
    left.note(Experiment(model=MLPSettings((Tanh(), Tanh(), Dense(10)))))
    assert left.again(place, Dense()) == Dense()


def test_another_document_begins_with_nothing_entered(xor: MainWindow, tmp_path: Path) -> None:
    session = xor.session
    session.edit(replace(session.experiment, training=replace(session.experiment.training, optimizer=Nesterov(0.125))))
    example = replace(session.experiment, name="other", training=replace(session.experiment.training, optimizer="sgd"))
    session.open(Opened(example, tmp_path / "other.toml"))
    set_kind(xor.training_panel._form, "optimizer", "nesterov")
    assert session.experiment.training.optimizer == Nesterov()
