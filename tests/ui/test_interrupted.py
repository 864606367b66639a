"""A run that was cut off is offered at the next start, and goes on to the numbers of one that was never stopped."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.model_file import parameters_sha256
from nnlab.experiments.places import runs_folder
from nnlab.ui.main_window import MainWindow
from tests.experiments.journal.kept import Kept
from tests.ui.conftest import Driver, example

XOR = example("xor", epochs=3)
Start = Callable[[], MainWindow]


def cut_off(steps: int = 30, **row: object) -> int:
    """A run that nobody ended."""
    kept = Kept(XOR, runs_folder(), steps=steps)
    number = kept.store.runs()[0].number
    if row:
        kept.store.update(number, **row)
    return number


@pytest.fixture
def start(driver: Driver) -> Iterator[Start]:
    """A window as the next start makes it."""
    said: list[str] = []
    journal = JournalWriter(runs_folder(), said.append)

    def begin() -> MainWindow:
        window = driver.open(example("digits-mlp", epochs=1), journal=journal)
        window.interrupted_notice.look()
        driver.wait_for(lambda: not window.session.jobs.is_busy)
        return window

    yield begin
    for window in driver.windows:
        if window.session._link._thread.isRunning():
            driver.close(window)
    journal.close()
    assert said == []


def test_it_is_named_with_its_time_and_its_step_and_goes_on(start: Start, driver: Driver) -> None:
    cut_off()
    window = start()
    notice = window.interrupted_notice
    assert notice.text.startswith(("The run xor of today", "The run xor of yesterday"))
    assert notice.text.endswith("was interrupted at step 30.") and notice.button.text() == "Go on"
    assert not notice.show_runs.isVisible() and notice.not_now.isVisible()
    notice.button.click()
    driver.wait_for(lambda: window.session.progress.step == 30)
    assert window.session.progress.number == 1 and notice.isHidden()


def test_of_several_the_latest_is_offered_and_the_list_shows_the_others(start: Start, driver: Driver) -> None:
    for steps in (20, 30, 40):
        cut_off(steps)
    window = start()
    notice = window.interrupted_notice
    assert "at step 40. So were 2 earlier runs." in notice.text
    notice.show_runs.click()
    driver.wait_for(lambda: window.runs_panel.table.numbers == [3, 2, 1])
    assert window.runs_panel.isVisible() and not notice.isHidden()


@pytest.mark.parametrize("way", ["not now", "the cross"])
def test_one_that_was_let_be_is_not_offered_again(start: Start, driver: Driver, way: str) -> None:
    cut_off()
    window = start()
    (window.interrupted_notice.not_now if way == "not now" else window.interrupted_notice._close).click()
    assert window.interrupted_notice.isHidden()
    driver.close(window)
    again = start()
    assert again.interrupted_notice.isHidden()
    driver.close(again)
    cut_off(40)
    assert start().interrupted_notice.text.endswith("at step 40.")


def test_an_offer_stands_until_the_run_is_open(start: Start, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off()
    window = start()
    window.session.edit(replace(window.session.experiment, name="changed"))
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Cancel)
    window.interrupted_notice.button.click()
    driver.wait_for(lambda: not window.session.jobs.is_busy and window.session.opening.source is None)
    assert window.session.experiment.name == "changed" and not window.interrupted_notice.isHidden()
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Discard)
    window.interrupted_notice.button.click()
    driver.wait_for(lambda: window.interrupted_notice.isHidden())
    driver.wait_for(lambda: window.session.progress.step == 30)


def test_only_what_trained_was_not_ended_and_is_held_by_nobody_is_offered(start: Start) -> None:
    cut_off(ending="stopped")
    cut_off(facts='{"first_step": 30}')
    number = cut_off()
    lock = open_store(runs_folder())[0].hold(number)
    assert lock is not None
    assert start().interrupted_notice.isHidden()
    lock.release()


def test_a_damaged_store_is_told_of_at_the_start(start: Start, driver: Driver) -> None:
    runs_folder().mkdir(parents=True)
    (runs_folder() / "runs.sqlite").write_bytes(b"not a database at all" * 100)
    window = start()
    driver.wait_for(lambda: "The store of runs was damaged" in window.notice.text)
    assert window.interrupted_notice.isHidden()


@pytest.mark.slow
def test_a_window_that_is_killed_goes_on_to_the_same_numbers_at_the_next_start(
    start: Start, driver: Driver, tmp_path: Path
) -> None:
    """A real process with a real window, which ends itself by force while it trains; then the next start."""
    code = """
import os, signal, sys
import nnlab.ui.main_window as module
show = module.MainWindow.show
def train_then_die(window):
    show(window)
    session = window.session
    def follow(frame):
        # About twice a second what was learned is handed over to be written.
        if frame.progress.seconds > 0.8:
            session._link.worker._journal.flush()
            os.kill(os.getpid(), signal.SIGKILL)
    session.frame.connect(follow)
    session.prepared.connect(lambda prepared: prepared.experiment.name == "killed" and session.run_or_pause())
module.MainWindow.show = train_then_die
from nnlab.cli import main
sys.exit(main([sys.argv[1], "--threads", "1"]))
"""
    experiment = replace(example("digits-mlp", epochs=600), name="killed")
    save_experiment(experiment, tmp_path / "killed.toml")
    ended = subprocess.run([sys.executable, "-c", code, tmp_path / "killed.toml"], check=False, timeout=300)
    assert ended.returncode == -signal.SIGKILL
    window = start()
    session = window.session
    assert window.interrupted_notice.text.startswith("The run killed of ")
    window.interrupted_notice.button.click()
    driver.wait_for(lambda: session.experiment.name == "killed" and session.progress.step > 0)
    assert 0 < session.progress.step < session.progress.total
    driver.finish(window)
    unstopped = run_experiment(experiment, [], tmp_path, 1)
    assert session.progress.step == unstopped["steps"]
    assert parameters_sha256(session._link.worker._run.model) == unstopped["parameters_sha256"]
    driver.close(window)
    (record,) = open_store(runs_folder())[0].runs()
    assert (record.number, record.ending, record.step) == (1, "all epochs done", unstopped["steps"])
