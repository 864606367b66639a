"""Undo and redo name the edit that they take back or make again, in the menu and in the tooltip."""

from dataclasses import replace

import pytest

from nnlab.experiments.experiment import Experiment, with_settings
from nnlab.ui.activity import Activity
from nnlab.ui.edit_words import Place, entry_words
from nnlab.ui.main_window import MainWindow
from nnlab.ui.messages import ParameterChange
from tests.ui.conftest import Driver, example


@pytest.fixture
def xor(driver: Driver) -> MainWindow:
    return driver.open(example("xor", epochs=3, learning_rate=0.1))


def said(window: MainWindow, name: str) -> str:
    """What the menu says, which the tooltip says, too."""
    action = window.commands[name]
    words = action.text().replace("&&", "&")
    assert action.toolTip().startswith(words) or not action.isEnabled()
    return words


def assign(window: MainWindow, assignment: str) -> None:
    window.session.edit(with_settings(window.session.experiment, [assignment]))


def test_undo_and_redo_name_the_edit_on_either_side(xor: MainWindow):
    assert (said(xor, "undo"), said(xor, "redo")) == ("Undo", "Redo")
    assign(xor, "training.learning_rate=0.01")
    assign(xor, "training.batch_size=8")
    assert said(xor, "undo").startswith("Undo: batch size ") and said(xor, "redo") == "Redo"
    xor.commands["undo"].trigger()
    assert said(xor, "undo") == "Undo: learning rate 0.1 to 0.01" and said(xor, "redo").startswith("Redo: batch size ")
    xor.commands["undo"].trigger()
    assert said(xor, "undo") == "Undo" and said(xor, "redo") == "Redo: learning rate 0.1 to 0.01"
    xor.commands["redo"].trigger()
    assert said(xor, "undo") == "Undo: learning rate 0.1 to 0.01"


def test_a_reset_and_a_run_brought_back_are_named(xor: MainWindow, driver: Driver):
    driver.finish(xor)
    xor.commands["reset"].trigger()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.IDLE)
    assert said(xor, "undo") == "Undo: reset"
    xor.commands["batch"].trigger()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.PAUSED)
    xor.commands["bring_back"].trigger()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.FINISHED)
    assert said(xor, "undo") == "Undo: bring back a run"
    xor.commands["undo"].trigger()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.PAUSED)
    assert said(xor, "undo") == "Undo: reset" and said(xor, "redo") == "Redo: bring back a run"


def test_an_edit_that_is_made_again_by_a_fresh_run_is_no_run_brought_back(xor: MainWindow, driver: Driver):
    assign(xor, "training.seed=7")
    driver.wait_for(lambda: xor.session.progress.activity is Activity.IDLE)
    xor.commands["undo"].trigger()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.IDLE)
    # Neither run had learned: undo made another one, later than that of the edit.
    assert said(xor, "redo") == "Redo: seed 0 to 7"
    xor.commands["redo"].trigger()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.IDLE)
    assert said(xor, "undo") == "Undo: seed 0 to 7"


def test_what_throws_nothing_away_needs_no_way_back(xor: MainWindow, driver: Driver):
    driver.finish(xor)
    xor.commands["reset"].trigger()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.IDLE)
    xor.commands["bring_back"].trigger()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.FINISHED)
    assert said(xor, "undo") == "Undo: reset"


def test_a_weight_is_named_with_both_values(xor: MainWindow, driver: Driver):
    driver.finish(xor)
    xor.session.change_parameter("dense1.weight", (0, 1), 0.5)
    driver.wait_for(lambda: " to 0.5" in said(xor, "undo") and said(xor, "undo").count(" ") > 5)
    words = said(xor, "undo")
    assert words.startswith("Undo: weight dense1.weight[0, 1] ")
    xor.commands["undo"].trigger()
    driver.wait_for(lambda: said(xor, "redo") == words.replace("Undo", "Redo"))


def test_what_the_program_changes_so_that_the_model_fits_is_no_edit(xor: MainWindow, driver: Driver):
    assign(xor, "dataset.source=digits")
    driver.wait_for(lambda: xor.session.situation.has_data)
    assert xor.session.experiment.model.layers[-2].units == 10
    assert said(xor, "undo") == "Undo: dataset xor to digits"


def test_words_are_elided_and_an_and_sign_in_a_name_is_no_key(xor: MainWindow):
    xor.session.edit(replace(xor.session.experiment, name="this & that " * 20))
    assert len(said(xor, "undo")) < 80 and "&&" in xor.commands["undo"].text()


def test_markup_in_a_name_stays_a_name(xor: MainWindow):
    xor.session.edit(replace(xor.session.experiment, name="<b>bold</b>"))
    assert "&lt;b&gt;bold" in xor.commands["undo"].toolTip()


def test_a_value_that_is_not_known_yet_is_left_out():
    change = ParameterChange(1, "0.weight", (3, 4), 0.5)
    assert entry_words(change, Place(Experiment(), 1)) == "weight 0.weight[3, 4] to 0.5"
    assert entry_words(replace(change, tensor="0.bias", position=(3,)), Place(Experiment(), 1)) == "0.bias[3] to 0.5"
    assert entry_words(Place(Experiment(), 1), replace(change, before=0.12)) == "weight 0.weight[3, 4] 0.12 to 0.5"
