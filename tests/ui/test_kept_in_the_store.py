"""What is trained in the window is in the store of runs while it happens, with everything that was done by hand."""

import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.model_file import parameters_sha256
from nnlab.experiments.places import runs_folder
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example

pytestmark = pytest.mark.window


class Kept:
    """A window whose runs are kept."""

    def __init__(self, driver: Driver, **training: object) -> None:
        self.said: list[str] = []
        self.journal = JournalWriter(runs_folder(), self.said.append)
        self.driver = driver
        self.window: MainWindow = driver.open(example("xor", **training), journal=self.journal)

    @property
    def store(self) -> RunStore:
        """With all that was handed over up to now."""
        self.journal.flush()
        return open_store(runs_folder())[0]

    @property
    def parameters(self) -> np.ndarray:
        return self.window.session._link.worker._run.model.parameters.values.copy()


@pytest.fixture
def kept(driver: Driver):
    kept = Kept(driver, epochs=12)
    yield kept
    driver.close(kept.window)
    kept.journal.close()
    assert kept.said == []


def test_a_run_that_is_only_looked_at_is_not_kept(kept: Kept):
    assert kept.store.runs() == []


def test_a_run_is_kept_with_what_was_done_by_hand_and_comes_again(kept: Kept):
    window, session, seen = kept.window, kept.window.session, {}
    window.run_bar.epoch.click()
    kept.driver.wait_for(lambda: session.progress.epoch == 1 and not session.progress.is_running)
    kept.driver.settle(window)
    session.change_parameter("dense1.weight", (0, 1), 0.5)
    training = replace(session.experiment.training, learning_rate=0.03)
    session.edit(replace(session.experiment, training=training), "training.learning_rate")
    for step in range(20, 23):
        window.run_bar.batch.click()
        kept.driver.wait_for(lambda step=step: session.progress.moment.step == step)
        seen[step] = kept.parameters
    kept.driver.finish(window)
    seen[session.progress.moment.step] = kept.parameters
    store = kept.store
    (record,) = store.runs()
    assert (record.ending, record.epoch, record.step) == ("all epochs done", 12.0, session.progress.moment.step)
    assert [row[0] for row in record.events] == ["edit", "settings"]
    assert record.present_experiment() == session.experiment
    assert len(seen) == 4
    for step, parameters in seen.items():
        np.testing.assert_array_equal(run_at(store, record, step, []).run.model.parameters.values, parameters)


def test_a_live_change_before_the_first_step_is_part_of_the_beginning(kept: Kept):
    session, worker = kept.window.session, kept.window.session._link.worker
    # As where the change comes between Run and the first slice of training.
    worker._worked.keep(kept.journal, worker._tell_number)
    session.edit(replace(session.experiment, training=replace(session.experiment.training, learning_rate=0.02)))
    kept.driver.settle(kept.window)
    kept.driver.finish(kept.window)
    store = kept.store
    (record,) = store.runs()
    assert record.first_experiment().training.learning_rate == 0.02
    store.drop_snapshots(1, [snapshot.step for snapshot in store.snapshots(1) if snapshot.step])
    for step in (0, 7):
        assert run_at(store, record, step, []).run.settings.learning_rate == 0.02


def test_a_reset_begins_another_run_and_leaves_the_first_to_others(kept: Kept):
    window = kept.window
    kept.driver.finish(window)
    window.session.reset()
    kept.driver.settle(window)
    kept.driver.finish(window)
    store = kept.store
    assert [(record.number, record.ending) for record in store.runs()] == [(2, "all epochs done"), (1, "all epochs done")]


def test_training_on_goes_on_in_the_same_row(kept: Kept):
    window = kept.window
    kept.driver.finish(window)
    kept.driver.finish(window)
    (record,) = kept.store.runs()
    assert (record.epoch, record.ending) == (24.0, "all epochs done")
    assert kept.store.is_held(1)


def test_a_closed_window_leaves_its_runs_to_others(driver: Driver):
    kept = Kept(driver, epochs=100_000)
    session = kept.window.session
    kept.window.run_bar.run.click()
    kept.driver.wait_for(lambda: session.progress.moment.step > 200)
    driver.close(kept.window)
    store = kept.store
    (record,) = store.runs()
    assert record.ending == "stopped"
    assert record.step > 200
    assert not store.is_held(1)
    run_at(store, record, record.step, [])
    kept.journal.close()


@pytest.mark.slow
@pytest.mark.parametrize("milliseconds", [900, 1300, 1900])
def test_a_window_that_is_killed_leaves_a_run_that_goes_on(milliseconds: int, tmp_path: Path):
    """A real process with a real window, which ends itself by force while it trains."""
    code = f"""
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QTimer
import nnlab.ui.main_window as module
show = module.MainWindow.show
def train_then_die(window):
    show(window)
    QTimer.singleShot(1500, window.session.run_or_pause)
    QTimer.singleShot(1500 + {milliseconds}, lambda: os.kill(os.getpid(), signal.SIGKILL))
module.MainWindow.show = train_then_die
from nnlab.cli import main
sys.exit(main([sys.argv[1]]))
"""
    experiment = example("xor", epochs=20_000)
    save_experiment(experiment, tmp_path / "killed.toml")
    ended = subprocess.run([sys.executable, "-c", code, tmp_path / "killed.toml"], check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    connection = sqlite3.connect(runs_folder() / "runs.sqlite")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    store = open_store(runs_folder())[0]
    (record,) = store.runs()
    assert record.ending == ""
    assert record.step > 0
    standing = run_at(store, record, record.step, [])
    bare = run_experiment(
        replace(experiment, training=replace(experiment.training, steps=record.step, keep="last")), [], tmp_path, 1
    )
    assert parameters_sha256(standing.run.model) == bare["parameters_sha256"]


def test_an_edit_after_its_end_leaves_a_run_as_it_was_trained(kept: Kept):
    kept.driver.finish(kept.window)
    ended = kept.store.run(1)
    assert ended.ending
    session = kept.window.session
    training = session.experiment.training
    session.edit(replace(session.experiment, training=replace(training, learning_rate=0.7)))
    kept.driver.wait_for(lambda: len(kept.store.run(1).events) > len(ended.events))
    edited = kept.store.run(1)
    assert (edited.ending, edited.settings) == (ended.ending, ended.settings)
    session.reset()
    kept.driver.wait_for(lambda: session.progress.step == 0 and session.frames.is_settled)
    kept.window.run_bar.batch.click()
    kept.driver.wait_for(lambda: len(kept.store.runs()) == 2)
    assert kept.store.run(2).settings["training.learning_rate"] == 0.7
