"""A run that has learned is put aside for a fresh one, and comes back exactly as it was."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from nnlab.experiments.assembly import load_data
from nnlab.experiments.experiment import Experiment, save_experiment
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import parameters_sha256
from nnlab.models.losses import BatchLoss
from nnlab.resources import resource
from nnlab.training.batch_gradient import BatchGradient
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from nnlab.ui.messages import Progress
from nnlab.ui.window_run import Shelf, WindowRun
from tests.datasets.chosen import with_own
from tests.ui.conftest import Driver, example

TOY = example("xor", epochs=40, keep="last")


def checksum(window: MainWindow) -> str:
    return parameters_sha256(window.session._link.worker._run.model)


def train_some(window: MainWindow, driver: Driver, epochs: int = 3) -> tuple[str, int]:
    """A few epochs; the checksum and the step then."""
    start = window.session.progress.epoch
    for epoch in range(start + 1, start + epochs + 1):
        window.run_bar.epoch.click()
        driver.wait_for(lambda epoch=epoch: window.session.progress.epoch == epoch)
        driver.settle(window)
    driver.wait_for(lambda: window.session.progress.activity is Activity.PAUSED)
    return checksum(window), window.session.progress.step


def wait_for_run(driver: Driver, window: MainWindow, number: int) -> None:
    session = window.session
    driver.wait_for(lambda: session.progress.activity is not Activity.LOADING and session.progress.step == number)
    driver.settle(window)


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> Callable:
    def act(window: MainWindow, driver: Driver) -> None:
        window.activateWindow()
        window.setFocus()
        driver.qtbot.keyClick(window, key, modifier)

    return act


def draw_points(window: MainWindow, driver: Driver) -> None:
    driver.see(window, "boundary").drawing.bar.begin.click()


def open_another(window: MainWindow, driver: Driver) -> None:
    window.files.open(resource("examples", "digits-mlp.toml"))


def reset_now(window: MainWindow, driver: Driver) -> None:
    experiment = window.session.experiment
    window.session.edit(replace(experiment, training=replace(experiment.training, optimizer="adam")))
    if window.session.is_pending:
        assert window.notice.button.text() == "Reset now"
        window.notice.button.click()
    else:
        window.session.reset()


WAYS: dict[str, Callable[[MainWindow, Driver], None]] = {
    "R": press(Qt.Key.Key_R),
    "Shift+R": press(Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier),
    "Reset": lambda window, driver: window.run_bar.reset.click(),
    "Reset now": reset_now,
    "Draw points": draw_points,
    "another file": open_another,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_trained_run_is_brought_back_and_goes_on_as_if_never_left(driver: Driver, tmp_path: Path, way: str) -> None:
    undisturbed = run_experiment(TOY, [], tmp_path, threads=1)["parameters_sha256"]
    window = driver.open(TOY)
    before, number = train_some(window, driver)
    curves = {name: column.values.copy() for name, column in window.session.history.steps.items()}
    WAYS[way](window, driver)
    wait_for_run(driver, window, 0)
    driver.wait_for(lambda: window.notice.button.text() == "Bring it back" and window.notice.isVisible())
    assert window.session.progress.step == 0 and checksum(window) != before
    window.run_bar.batch.click()
    driver.wait_for(lambda: window.session.progress.step == 1)
    window.notice.button.click()
    wait_for_run(driver, window, number)
    assert checksum(window) == before and window.session.experiment == TOY == window.session.running
    for name, column in window.session.history.steps.items():
        np.testing.assert_array_equal(column.values, curves[name])
    driver.finish(window)
    assert checksum(window) == undisturbed
    steps = window.session.history.steps["step"].values
    assert np.array_equal(steps, np.arange(1, window.session.progress.step + 1))


@pytest.mark.parametrize("way", ["R", "Draw points"])
def test_undo_and_redo_lead_from_run_to_run(driver: Driver, way: str) -> None:
    window = driver.open(TOY)
    first, number = train_some(window, driver)
    WAYS[way](window, driver)
    wait_for_run(driver, window, 0)
    second, later = train_some(window, driver, epochs=1)
    for _ in range(2):
        window.session.undo()
        wait_for_run(driver, window, number)
        assert checksum(window) == first and window.session.experiment == TOY
        window.session.redo()
        wait_for_run(driver, window, later)
        assert checksum(window) == second


def test_undo_of_a_drawn_point_brings_the_trained_run_back(driver: Driver) -> None:
    window = driver.open(TOY)
    draw_points(window, driver)
    driver.wait_for(lambda: window.session.running.dataset.source.name == "drawn")
    wait_for_run(driver, window, 0)
    before, number = train_some(window, driver)
    session, data = window.session, window.session.experiment.dataset
    session.edit(replace(session.experiment, dataset=with_own(data, points=(*data.source.points, (0.1, 0.2, 1)))))
    driver.wait_for(lambda: session.running == session.experiment)
    wait_for_run(driver, window, 0)
    session.undo()
    wait_for_run(driver, window, number)
    assert checksum(window) == before and session.experiment.dataset == data


def test_a_run_that_diverged_is_put_aside_when_run_is_pressed_again(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    window = driver.open(example("digits-mlp", epochs=4))
    train_some(window, driver)
    with monkeypatch.context() as patch:
        patch.setattr(BatchGradient, "loss", lambda *_: BatchLoss(math.nan, None))
        window.run_bar.run.click()
        driver.wait_for(lambda: window.session.progress.activity is Activity.DIVERGED)
    left, good = window.session.progress.step, checksum(window)
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.activity is Activity.FINISHED)
    window.session.undo()
    driver.wait_for(lambda: window.session.progress.activity is Activity.DIVERGED)
    assert 0 < left == window.session.progress.step and checksum(window) == good


def test_a_run_whose_successor_cannot_be_built_comes_back(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    window = driver.open(TOY)
    before, number = train_some(window, driver)

    def assemble(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("nnlab.ui.worked_run.assemble", assemble)
    window.session.reset()
    driver.wait_for(lambda: "not enough memory" in window.notice.text)
    window.session.undo()
    wait_for_run(driver, window, number)
    assert checksum(window) == before


def test_another_files_experiment_does_not_get_this_ones_name(driver: Driver, tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.toml", tmp_path / "other.toml"
    save_experiment(TOY, mine)
    save_experiment(replace(example("digits-mlp"), name="other"), other)
    window = driver.open(example("digits-mlp"))
    window.files.open(mine)
    driver.wait_for(lambda: window.session.running == TOY)
    wait_for_run(driver, window, 0)
    _, number = train_some(window, driver)
    window.files.open(other)
    driver.wait_for(lambda: window.session.running.name == "other")
    wait_for_run(driver, window, 0)
    assert window.session.path == other
    window.session.bring_back()
    wait_for_run(driver, window, number)
    assert window.session.path == mine and window.session.is_saved and not window.session.edit_history.can_undo


def test_undo_takes_a_reset_back_that_still_looks_at_its_data(driver: Driver) -> None:
    window = driver.open(TOY)
    before, number = train_some(window, driver)
    window.session.reset()
    window.session.undo()
    driver.wait_for(lambda: not window.session.jobs.is_busy)
    driver.settle(window)
    assert checksum(window) == before and window.session.progress.step == number
    assert not window.session.runs.shelf.names and not window.session.edit_history.can_undo


def test_nothing_is_offered_where_nothing_was_learned(xor: MainWindow, driver: Driver) -> None:
    with driver.qtbot.waitSignal(xor.session.prepared, timeout=60_000):
        xor.session.reset()
    assert xor.notice.text == "" and not xor.session.runs.shelf.names


def run_of(name: int, seconds: float, parameters: int = 0) -> WindowRun:
    # Each has read its data anew: runs are told apart by which they are, not by what they hold.
    dataset = load_data(TOY.dataset, [])
    return WindowRun(Experiment(), dataset, name, parameters=parameters, progress=Progress(seconds=seconds))


def test_the_shelf_lets_the_least_trained_go_first_but_never_the_last() -> None:
    shelf = Shelf(most_runs=2)
    for name, seconds in enumerate((60.0, 0.5, 0.1), 1):
        shelf.add(run_of(name, seconds))
    assert shelf.names == {1, 3}
    assert shelf.take(2) is None and shelf.take().name == 3 and shelf.take().name == 1 and shelf.take() is None


def test_the_shelf_holds_what_memory_allows() -> None:
    shelf = Shelf(most_bytes=10**7)
    for name in (1, 2):
        shelf.add(run_of(name, 1.0, parameters=10**6))
    assert shelf.names == {2}


def test_the_offer_goes_when_undo_has_brought_the_run_back(driver: Driver) -> None:
    window = driver.open(TOY)
    _, number = train_some(window, driver)
    window.session.reset()
    driver.wait_for(lambda: window.notice.isVisible() and window.notice.button.text() == "Bring it back")
    wait_for_run(driver, window, 0)
    window.session.undo()
    wait_for_run(driver, window, number)
    assert window.notice.isHidden()


def test_a_run_that_has_no_name_yet_brings_none_back():
    shelf = Shelf()
    shelf.add(WindowRun(name=3))
    assert shelf.take(0) is None
    assert shelf.take() is not None
