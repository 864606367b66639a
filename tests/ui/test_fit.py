"""What the program chose by itself so that a model fits its data goes back by itself; what a person chose stays."""

from dataclasses import replace

import pytest

from nnlab.models.layers import Layer
from nnlab.models.layers.activations import ReLU, Softmax, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.losses import CrossEntropy, Huber, Loss, MeanSquaredError
from nnlab.ui.main_window import MainWindow
from nnlab.ui.session import Session
from tests.ui.conftest import Driver

CLASSIFIER = (Dense(64), ReLU(), Dense(10), Softmax())


def choose_data(window: MainWindow, driver: Driver, name: str) -> None:
    """In the form, and until it is loaded."""
    window.dataset_panel._form.editor("source").setCurrentText(name)
    driver.wait_for(lambda: window.session.dataset.name == name and window.session.situation.has_data)


def change_model(session: Session, **changes: object) -> None:
    session.edit(replace(session.experiment, model=replace(session.experiment.model, **changes)))


def model_of(window: MainWindow) -> tuple[tuple[Layer, ...], Loss]:
    model = window.session.experiment.model
    return model.layers, model.loss


def test_a_loss_and_layers_that_the_program_chose_go_back(digits: MainWindow, driver: Driver) -> None:
    choose_data(digits, driver, "sine")
    assert model_of(digits) == ((Dense(64), ReLU(), Dense(1)), MeanSquaredError())
    choose_data(digits, driver, "digits")
    assert model_of(digits) == (CLASSIFIER, CrossEntropy())
    assert digits.session.problem == ""


def test_own_settings_of_the_loss_come_back_and_other_classes_are_fitted(digits: MainWindow, driver: Driver) -> None:
    change_model(digits.session, loss=CrossEntropy(0.25))
    choose_data(digits, driver, "sine")
    choose_data(digits, driver, "gaussians")
    assert model_of(digits) == ((Dense(64), ReLU(), Dense(3), Softmax()), CrossEntropy(0.25))


def test_a_loss_that_a_person_chose_stays_there_and_back(digits: MainWindow, driver: Driver) -> None:
    change_model(digits.session, loss=MeanSquaredError())
    choose_data(digits, driver, "sine")
    choose_data(digits, driver, "digits")
    assert model_of(digits) == (CLASSIFIER, MeanSquaredError())


@pytest.mark.parametrize("chosen", [[Huber(0.5)], [Huber(0.5), MeanSquaredError()]], ids=["another", "the same in the end"])
def test_a_loss_that_a_person_chose_for_values_stays(digits: MainWindow, driver: Driver, chosen: list[Loss]) -> None:
    choose_data(digits, driver, "sine")
    for loss in chosen:
        change_model(digits.session, loss=loss)
    choose_data(digits, driver, "digits")
    assert model_of(digits) == (CLASSIFIER, chosen[-1])
    assert digits.session.problem == ""


def test_layers_that_a_person_changed_meanwhile_stay(digits: MainWindow, driver: Driver) -> None:
    choose_data(digits, driver, "sine")
    change_model(digits.session, layers=(Dense(37), Tanh(), Dense(1)))
    choose_data(digits, driver, "digits")
    assert model_of(digits) == ((Dense(37), Tanh(), Dense(10), Softmax()), CrossEntropy())


def test_a_loss_goes_back_only_where_the_last_layer_suits_it(digits: MainWindow, driver: Driver) -> None:
    choose_data(digits, driver, "sine")
    change_model(digits.session, layers=(Dense(64), ReLU(), Dense(1), Tanh()))
    choose_data(digits, driver, "digits")
    assert model_of(digits) == ((Dense(64), ReLU(), Dense(10), Tanh()), MeanSquaredError())
    assert digits.session.problem == ""


def test_undo_and_redo_know_what_the_program_chose(digits: MainWindow, driver: Driver) -> None:
    session, before = digits.session, digits.session.experiment
    choose_data(digits, driver, "sine")
    session.undo()
    driver.wait_for(lambda: session.dataset.name == "digits")
    assert session.experiment == before
    session.redo()
    driver.wait_for(lambda: session.dataset.name == "sine" and session.situation.has_data)
    choose_data(digits, driver, "digits")
    assert model_of(digits) == (CLASSIFIER, CrossEntropy())


def test_a_model_chosen_on_values_is_one_for_classes_later(digits: MainWindow, driver: Driver) -> None:
    choose_data(digits, driver, "sine")
    digits.architecture_panel.choose_kind("autoencoder")
    digits.architecture_panel.choose_kind("mlp")
    assert model_of(digits)[1] == MeanSquaredError()
    digits.architecture_panel.choose_kind("autoencoder")
    choose_data(digits, driver, "digits")
    digits.architecture_panel.choose_kind("mlp")
    assert model_of(digits) == (CLASSIFIER, CrossEntropy())
    assert digits.session.problem == ""
