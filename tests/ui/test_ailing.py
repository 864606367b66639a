"""A run that does not learn is told why above the views, with a button that mends it; one that learns is left in peace."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.probes.advice import advice_of, slower
from nnlab.probes.ailment import Ailment, Cause, Flat
from nnlab.training import TrainingSettings
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example


def ailing(driver: Driver, rate: float) -> MainWindow:
    """A window in which the small digits train at a rate until something is told of it."""
    window = driver.open(example("digits-mlp", epochs=4000, learning_rate=rate))
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.situation.advice is not None)
    driver.wait_for(lambda: bool(window.notice.text))
    return window


def test_dead_units_are_told_with_a_fresh_run_that_has_living_ones(driver: Driver) -> None:
    window = ailing(driver, 30)
    # At first it may be the loss alone that tells.
    driver.wait_for(lambda: "All 64 units of relu1 are dead" in window.notice.text)
    # A tenth of it would be dead as well.
    assert window.notice.button.text() == "Restart with learning rate 0.3"
    before = window.session.runs.present.name
    window.notice.button.click()
    driver.wait_for(lambda: window.session.runs.present.name != before and window.session.progress.step > 0)
    assert window.session.running.training.learning_rate == 0.3
    assert window.session.progress.activity is Activity.RUNNING
    losses = window.session.history.steps["loss"]
    driver.wait_for(lambda: len(losses) > 300)
    assert losses.values[-50:].mean() < 0.5 * losses.values[0]


def test_a_rate_that_is_far_too_small_is_raised_from_the_next_step_on(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", learning_rate=1e-6))
    driver.finish(window)
    driver.wait_for(lambda: "stands still" in window.notice.text)
    run = window.session.runs.present.name
    window.notice.button.click()
    driver.settle(window)
    assert window.session.runs.present.name == run
    assert 1e-4 <= window.session.running.training.learning_rate <= 1e-2
    # Undo has the rate from before.
    window.commands["undo"].trigger()
    assert window.session.experiment.training.learning_rate == 1e-6


def test_what_was_put_away_does_not_come_back_with_the_next_frame(driver: Driver) -> None:
    window = ailing(driver, 30)
    driver.wait_for(lambda: "relu1" in window.notice.text)
    seen = window.session.progress.step
    window.notice._close.click()
    driver.wait_for(lambda: window.session.progress.step > seen + 500)
    assert window.session.situation.advice is not None and not window.notice.text


def test_what_is_said_of_one_rate_is_not_said_beside_another(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", learning_rate=1e-6))
    driver.finish(window)
    driver.wait_for(lambda: "stands still" in window.notice.text)
    session = window.session
    session.edit(replace(session.experiment, training=replace(session.experiment.training, learning_rate=0.05)))
    driver.wait_for(lambda: "stands still" not in window.notice.text)
    assert session.situation.advice is None


def test_another_run_begins_without_it(driver: Driver) -> None:
    window = ailing(driver, 30)
    window.session.edit(replace(window.session.experiment, training=TrainingSettings(learning_rate=0.05, epochs=3)))
    window.session.reset()
    driver.wait_for(lambda: window.session.progress.activity is Activity.IDLE)
    assert window.session.situation.advice is None


def test_a_run_that_learns_is_left_in_peace(driver: Driver) -> None:
    window = driver.open(example("digits-mlp"))
    told = []
    window.session.situation_changed.connect(lambda now: told.append(now.advice))
    driver.finish(window)
    assert not any(told)


@pytest.mark.parametrize(
    ("rate", "first_move", "lower"),
    [(30, 0.0, 3), (30, 0.288, 0.3), (5, 0.288, 0.05), (0.5, 0.1, 0.05), (20, 5.0, 0.02), (0.123, 8.0, 0.0123)],
    ids=["unknown", "far off", "farther than it looks", "a tenth does", "three tens", "just a tenth"],
)
def test_a_rate_is_lowered_until_the_first_step_no_longer_throws_the_weights(rate: float, first_move: float, lower: float):
    assert slower(rate, first_move) == lower
    assert not first_move or lower * first_move <= 0.1


@pytest.mark.parametrize("first_move", [1e40, 1e308, np.inf, np.nan])
def test_a_first_step_beyond_all_measure_is_nothing_to_go_by(first_move: float):
    assert slower(30.0, first_move) == 3.0


@pytest.mark.parametrize(
    ("ailment", "sentence", "button"),
    [
        (
            Ailment(Cause.DEAD, Flat(Cause.DEAD, "relu1", 64)),
            "All 64 units of relu1 are dead (they put out 0 alone): the learning rate is too large.",
            "Restart with learning rate 0.005",
        ),
        (
            Ailment(Cause.DEAD, Flat(Cause.DEAD, "relu1", 1), is_from_start=True),
            "The only unit of relu1 was dead (it puts out 0 alone) before the first step: "
            "choose another initializer or activation.",
            "",
        ),
        (
            Ailment(Cause.SATURATED, Flat(Cause.SATURATED, "tanh1", 8)),
            "All 8 units of tanh1 are saturated: the learning rate is too large.",
            "Restart with learning rate 0.005",
        ),
        (
            Ailment(Cause.TOO_FAST, began=2.3, now=58.25),
            "The loss rose from 2.3 to 58.25: the learning rate is too large.",
            "Restart with learning rate 0.005",
        ),
        (
            Ailment(Cause.TOO_SLOW, pace=2e-6),
            "The loss stands still: a step moves the weights by 0.0002 % of their size, and about 0.1 % is usual.",
            "Learning rate 50",
        ),
    ],
)
def test_it_says_what_is_wrong_and_what_to_do(ailment: Ailment, sentence: str, button: str) -> None:
    advice = advice_of(ailment, TrainingSettings(learning_rate=0.05))
    assert (advice.sentence, advice.words) == (sentence, button)
