"""How many processes train beside the window is chosen in the menu Run, said in words, and remembered."""

import pytest

from nnlab.experiments.computer import available_cores
from nnlab.training.crew.parts import MOST_HELPERS
from nnlab.ui import app
from nnlab.ui.helper_rows import chosen_words, offered_counts, remembered_helpers
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example
from tests.ui.test_helpers_beside_the_window import _at_once as at_once_here  # noqa: F401
from tests.ui.test_helpers_beside_the_window import helpers_of, make_steps


def test_what_is_chosen_acts_is_said_and_is_remembered(xor: MainWindow, driver: Driver):
    xor.commands["helpers_2"].trigger()
    assert xor.session.helpers == 2 and remembered_helpers(driver.memory) == 2
    assert "2 processes train" in xor.notice.text and "same bits" in xor.notice.text
    xor.commands.show_choices()
    assert xor.commands["helpers_2"].isChecked() and not xor.commands["helpers_1"].isChecked()
    driver.wait_for(lambda: xor.session._link.worker._helpers == 2)


@pytest.mark.parametrize(
    ("kept", "number"), [("0", 0), ("3", 3), ("-1", 1), ("bananas", 1), (str(MOST_HELPERS + 1), 1), ("9" * 5000, 1)]
)
def test_what_an_edited_file_says_that_is_no_number_counts_as_one(driver: Driver, kept: str, number: int):
    driver.memory.setValue("helpers", kept)
    assert remembered_helpers(driver.memory) == number


@pytest.mark.parametrize(("given", "number"), [(None, 3), (0, 0), (2, 2)])
def test_the_option_is_for_its_start_alone(
    qapp: object, driver: Driver, monkeypatch: pytest.MonkeyPatch, given: int | None, number: int
):
    set_to = []
    monkeypatch.setattr("nnlab.ui.main_window.MainWindow", lambda session, *_: set_to.append(session.helpers))
    driver.memory.setValue("helpers", 3)
    app._made_window(qapp, driver.memory, None, 1, given, None)
    assert set_to == [number] and remembered_helpers(driver.memory) == 3


@pytest.mark.parametrize("cores", [1, 2, 6, 64])
def test_more_than_the_cores_are_offered_and_said(cores: int):
    counts = offered_counts(cores)
    assert counts[:5] == (0, 1, 2, 3, 4) and cores in counts and max(counts) <= MOST_HELPERS
    assert "they wait for each other" in chosen_words(2 * available_cores())
    assert "they wait" not in chosen_words(available_cores())


@pytest.mark.slow
def test_a_run_is_let_go_of_by_its_helpers_where_none_are_wanted_any_more(driver: Driver):
    window = driver.open(example("digits-mlp", epochs=100_000, patience=0))
    window.session.set_helpers(1)
    window.session.run_or_pause()
    make_steps(driver, window)
    window.session.run_or_pause()
    driver.wait_for(lambda: not window.session.progress.is_running)
    step = window.session.progress.step
    window.commands["helpers_0"].trigger()
    window.session.run_or_pause()
    driver.wait_for(lambda: window.session.progress.step > step + 10)
    assert not helpers_of(window) and window.session.progress.helpers == 0
