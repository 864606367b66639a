"""Processes that train beside the window: the same bits as headless, whatever becomes of them, and gone with it."""

import os
import signal
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from nnlab.experiments.assembly import assemble
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.model_file import load_model
from nnlab.training import TrainingRun
from nnlab.ui.main_window import MainWindow
from nnlab.ui.status_line import StatusLine
from tests.experiments.journal.test_replay import KINDS
from tests.training.crew.crews import at_once, stopped
from tests.ui.conftest import Driver, example
from tests.ui.test_kept_in_the_store import Kept

pytestmark = [pytest.mark.window, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)


def helpers_of(window: MainWindow) -> list[int]:
    """The numbers of their processes."""
    run = window.session._link.worker._run
    return run.crew.process_numbers if run is not None and run.crew is not None else []


def make_steps(driver: Driver, window: MainWindow) -> None:
    """Wait until they have come, and made some."""
    worker = window.session._link.worker
    driver.wait_for(lambda: bool(helpers_of(window)) and worker._run.crew.has_worked)


@pytest.mark.parametrize("helpers", [1, 2])
def test_the_model_is_the_one_that_is_trained_headless(driver: Driver, helpers: int, tmp_path: Path):
    experiment = example("digits-mlp", epochs=100)
    expected = run_experiment(experiment, [], tmp_path, 1, helpers=helpers)
    window = driver.open(experiment)
    window.session.set_helpers(helpers)
    window.session.run_or_pause()
    make_steps(driver, window)
    driver.wait_for(lambda: f"helpers {helpers}" in status_of(window))
    driver.wait_for(lambda: window.session.progress.activity.has_ended)
    values = window.session._link.worker._run.model.parameters.values
    saved = load_model(tmp_path / "digits-mlp.safetensors")
    np.testing.assert_array_equal(values, saved.model.parameters.values)
    assert expected["helpers"] == saved.checkpoint.helpers == helpers


def test_a_helper_that_is_killed_costs_nothing_and_all_are_gone_with_the_window(driver: Driver):
    experiment = example("digits-mlp", epochs=100_000, patience=0)
    window = driver.open(experiment)
    window.session.set_helpers(2)
    window.session.run_or_pause()
    make_steps(driver, window)
    first = helpers_of(window)
    os.kill(first[0], signal.SIGKILL)
    driver.wait_for(lambda: bool(helpers_of(window)) and not set(helpers_of(window)) & set(first))
    second = helpers_of(window)
    window.session.run_or_pause()
    driver.wait_for(lambda: not window.session.progress.is_running)
    run = window.session._link.worker._run
    alone = assemble(experiment, [])
    alone.divide(2)
    list(islice(alone, run.step))
    np.testing.assert_array_equal(run.model.parameters.values, alone.model.parameters.values)
    driver.close(window)
    assert not [number for number in (*first, *second) if is_there(number)]


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no process can be stopped here")
@pytest.mark.parametrize("helpers", [1, 2])
def test_a_helper_that_is_stopped_holds_up_neither_pause_nor_close(
    driver: Driver, helpers: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("nnlab.training.crew.helper_process.LOOK_SECONDS", 0.6)
    # It would be waited for as long as the test lasts, but for the person.
    monkeypatch.setattr("nnlab.training.crew.pulse.MOST_MISSED", 1000)
    experiment = example("digits-mlp", epochs=100_000, patience=0)
    window = driver.open(experiment)
    window.session.set_helpers(helpers)
    window.session.run_or_pause()
    make_steps(driver, window)
    run = window.session._link.worker._run
    with stopped(helpers_of(window)[-1]):
        driver.wait_for(lambda: stands(driver, run))
        window.session.run_or_pause()
        driver.wait_for(lambda: not window.session.progress.is_running)
    alone = assemble(experiment, [])
    alone.divide(helpers)
    list(islice(alone, run.step))
    np.testing.assert_array_equal(run.model.parameters.values, alone.model.parameters.values)
    window.session.run_or_pause()
    driver.wait_for(lambda: bool(helpers_of(window)) and run.step > alone.step)
    make_steps(driver, window)
    numbers = helpers_of(window)
    with stopped(numbers[-1]):
        driver.wait_for(lambda: stands(driver, run))
        driver.close(window)
    assert not [number for number in numbers if is_there(number)]


def stands(driver: Driver, run: TrainingRun) -> bool:
    """Whether it makes no steps."""
    before = run.step
    driver.qtbot.wait(300)
    return run.step == before


@pytest.mark.parametrize("helpers", [1, 2])
def test_what_is_done_by_hand_meanwhile_is_kept_and_comes_again(driver: Driver, helpers: int):
    kept = Kept(driver, epochs=4000)
    window, session = kept.window, kept.window.session
    session.set_helpers(helpers)
    session.run_or_pause()
    make_steps(driver, window)
    session.edit(replace(session.experiment, training=replace(session.experiment.training, learning_rate=0.02)))
    driver.wait_for(lambda: bool(session._link.worker._run.events))
    session.run_or_pause()
    driver.wait_for(lambda: not session.progress.is_running)
    record = kept.store.run(1)
    values = kept.parameters
    again = run_at(kept.store, record, record.step, []).run
    np.testing.assert_array_equal(again.model.parameters.values, values)
    assert record.facts["helpers"] == helpers
    early, alone = run_at(kept.store, record, 1, []).run, assemble(record.first_experiment(), [])
    alone.divide(helpers)
    next(alone)
    np.testing.assert_array_equal(early.model.parameters.values, alone.model.parameters.values)
    driver.close(window)
    kept.journal.close()
    assert kept.said == []


def test_a_model_that_cannot_be_shared_trains_in_the_window_and_the_line_below_says_why(driver: Driver):
    chained = KINDS["PCD"]
    long = replace(chained.training, epochs=100_000, patience=0)
    window = driver.open(replace(chained, training=long))
    window.session.set_helpers(2)
    window.session.run_or_pause()
    driver.wait_for(lambda: window.session.progress.step > 0)
    cell = window.findChild(StatusLine)._cells["machine"]
    driver.wait_for(lambda: "depends on the others of its batch" in cell.toolTip())
    assert "threads 1" in status_of(window)
    assert helpers_of(window) == []
    driver.close(window)


def status_of(window: MainWindow) -> str:
    """Who computes, as the line below says."""
    return window.findChild(StatusLine)._cells["machine"].text()


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
