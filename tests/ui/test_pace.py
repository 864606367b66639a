"""Slow motion: so many steps a second, every step seen, the same bits, and other speeds at once."""

import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnlab.experiments.assembly import assemble
from nnlab.experiments.model_file import parameters_sha256
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from nnlab.ui.messages import FrameAnswer, Progress
from nnlab.ui.pace import FULL_SPEED, PACES, STEP_BY_STEP, beside, pace_words, shows_each_step
from tests.ui.conftest import Driver, example


@pytest.fixture
def xor(driver: Driver) -> MainWindow:
    return driver.open(example("xor", epochs=10_000))


def watched(window: MainWindow) -> tuple[list[float], list[int]]:
    """When the worker told of steps, and which steps were shown."""
    times, shown = [], []
    window.session.progressed.connect(lambda now: times.append(time.monotonic()) if now.step > len(times) else None)
    window.session.frame.connect(lambda frame: shown.append(frame.progress.step))
    return times, shown


@pytest.mark.parametrize("pace", [5.0, 10.0])
def test_every_step_is_made_in_its_time_and_shown(xor: MainWindow, driver: Driver, pace: float):
    times, shown = watched(xor)
    xor.session.set_pace(pace)
    xor.run_bar.run.click()
    driver.wait_for(lambda: xor.session.progress.step >= 8)
    xor.run_bar.run.click()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.PAUSED)
    # The first one at once, the others so far apart on average; on a busy machine each waits for the screen.
    assert 0.8 / pace < (times[7] - times[0]) / 7 < 3 / pace
    assert set(range(1, 8)) <= set(shown)


def test_two_hundred_steps_a_second_are_not_made_at_a_hundred(xor: MainWindow, driver: Driver):
    xor.session.set_pace(100.0)
    xor.run_bar.run.click()
    driver.wait_for(lambda: xor.session.progress.step >= 1)
    first, begun = xor.session.progress.step, time.monotonic()
    driver.wait_for(lambda: time.monotonic() - begun > 1)
    assert 10 < xor.session.progress.step - first <= 130 * (time.monotonic() - begun)


def test_another_speed_and_a_pause_act_at_once(xor: MainWindow, driver: Driver):
    xor.session.set_pace(1.0)
    xor.run_bar.run.click()
    driver.wait_for(lambda: xor.session.progress.step >= 1)
    begun = time.monotonic()
    xor.session.set_pace(FULL_SPEED)
    driver.wait_for(lambda: xor.session.progress.step > 50)
    xor.session.set_pace(1.0)
    xor.run_bar.run.click()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.PAUSED)
    # At one step a second it would have been a minute.
    assert time.monotonic() - begun < 20


def test_one_step_per_press(xor: MainWindow, driver: Driver, qtbot: QtBot):
    xor.session.set_pace(STEP_BY_STEP)
    assert xor.run_bar.run.text() == "Step"
    for step in (1, 2, 3):
        qtbot.keyClick(xor, Qt.Key.Key_Space)
        driver.wait_for(lambda step=step: xor.session.progress.step == step)
        assert xor.session.progress.activity is Activity.PAUSED
    xor.session.set_pace(FULL_SPEED)
    xor.run_bar.run.click()
    driver.wait_for(lambda: xor.session.progress.is_running)
    xor.session.set_pace(STEP_BY_STEP)
    driver.wait_for(lambda: xor.session.progress.activity is Activity.PAUSED)


def test_an_epoch_is_made_at_full_speed(xor: MainWindow, driver: Driver):
    xor.session.set_pace(1.0)
    begun = time.monotonic()
    xor.run_bar.epoch.click()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.PAUSED)
    assert xor.session.progress.moment.epoch == 1 and time.monotonic() - begun < 5


def test_slow_motion_gives_the_same_bits(driver: Driver):
    experiment = example("xor", epochs=3, batch_size=100)
    run = assemble(experiment, ())
    for _ in run:
        pass
    window = driver.open(experiment)
    window.session.set_pace(30.0)
    driver.finish(window)
    taken = []
    job = window.session.start_job("copy", lambda copy, report: parameters_sha256(copy.model))
    job.done.connect(lambda answer: taken.append(getattr(answer, "value", answer)))
    driver.wait_for(lambda: bool(taken))
    assert taken == [parameters_sha256(run.model)] and window.session.progress.step == run.step


def test_keys_and_the_list_choose_the_speed_and_it_is_remembered(xor: MainWindow, driver: Driver, qtbot: QtBot):
    qtbot.keyClick(xor, ",")
    assert xor.session.runs.pace == 100.0 and xor.run_bar.pace.text().startswith("100/s ")
    qtbot.keyClick(xor, ".")
    qtbot.keyClick(xor, ".")
    assert xor.session.runs.pace == FULL_SPEED and not xor.commands["faster"].isEnabled()
    xor.commands["pace_5"].trigger()
    xor.commands.show_choices()
    assert xor.commands["pace_5"].isChecked() and not xor.commands["pace_inf"].isChecked()
    driver.close(xor)
    assert driver.open(example("xor")).session.runs.pace == 5.0


def test_a_speed_that_nobody_knows_is_full_speed(driver: Driver):
    driver.memory.setValue("pace", "7 bananas")
    assert driver.open(example("xor")).session.runs.pace == FULL_SPEED


def test_time_left_and_examples_a_second_are_those_of_slow_motion(xor: MainWindow, driver: Driver):
    xor.session.set_pace(5.0)
    xor.run_bar.run.click()
    driver.wait_for(lambda: xor.session.progress.step >= 8)
    progress: Progress = xor.session.progress
    assert progress.seconds_left == pytest.approx((progress.total - progress.step) / 5, rel=0.1)
    batch = xor.session.experiment.training.batch_size
    assert 5 * batch / 3 < progress.rate < 1.3 * 5 * batch


def test_speeds_are_in_order_and_have_words_of_their_own():
    assert list(PACES) == sorted(PACES) and len({pace_words(pace) for pace in PACES}) == len(PACES)
    assert [beside(pace, 1) for pace in PACES[:-1]] == list(PACES[1:]) and beside(FULL_SPEED, 1) == FULL_SPEED
    assert shows_each_step(10.0) and not shows_each_step(30.0)


def ringed(window: MainWindow) -> set[tuple[float, float]]:
    return {tuple(place) for place in np.transpose(window.stage.view("boundary").points.batch.getData()).tolist()}


def test_what_the_last_step_learned_from_is_ringed_in_the_plane(xor: MainWindow, driver: Driver):
    driver.see(xor, "boundary")
    assert not ringed(xor)
    run = assemble(xor.session.experiment, ())
    for _ in range(2):
        expected = run.data.learning.examples.inputs[run.upcoming]
        next(run)
        xor.run_bar.batch.click()
        driver.wait_for(lambda: xor.session.progress.step == run.step)
        driver.wait_for(lambda expected=expected: ringed(xor) == {tuple(place) for place in expected.tolist()})
    xor.session.reset()
    driver.wait_for(lambda: not ringed(xor))


def test_at_full_speed_nothing_is_ringed(xor: MainWindow, driver: Driver):
    driver.see(xor, "boundary")
    seen: list[FrameAnswer] = []
    xor.session.frame.connect(seen.append)
    xor.run_bar.run.click()
    driver.wait_for(lambda: sum("boundary" in frame.probes for frame in seen) > 3)
    assert not ringed(xor)


def test_the_gallery_shows_the_present_batch(driver: Driver):
    digits = driver.open(example("digits-mlp", batch_size=16))
    view = driver.see(digits, "predictions")
    view.order.setCurrentText("the present batch")
    driver.wait_for(lambda: view.answer is not None and view.answer.total == 0)
    digits.run_bar.batch.click()
    driver.wait_for(lambda: view.answer.total == 16)
    run = assemble(digits.session.experiment, ())
    expected = run.upcoming
    assert np.array_equal(run.data.split.train[view.answer.places], expected[: len(view.answer.places)])
    assert np.array_equal(view.answer.labels, run.data.learning.examples.labels[expected][: len(view.answer.labels)])
    assert "of the last step's batch" in view.readout.text()
