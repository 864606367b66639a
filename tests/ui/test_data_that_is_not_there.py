"""The first data cannot be had: what is asked for then is tried again, and what was asked for before is over."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings
from nnlab.datasets.files import FileSource
from nnlab.datasets.toys import XOR
from nnlab.models import MODELS
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver

Act = Callable[[MainWindow], object]


def write(path: Path) -> None:
    """Two classes of points, one number each."""
    rng = np.random.default_rng(0)
    rows = [f"{rng.normal(label):.3f},{rng.normal():.3f},{label}" for label in (0, 1) for _ in range(20)]
    path.write_text("\n".join(["x,y,label", *rows]))


def refused(window: MainWindow, driver: Driver) -> None:
    driver.wait_for(lambda: "points.csv" in window.notice.text)
    driver.wait_for(lambda: not window.session.jobs.is_busy)


def test_without_data_there_is_no_run_to_step(empty: MainWindow, driver: Driver):
    refused(empty, driver)
    assert empty.session.running is None and not empty.run_bar.batch.isEnabled() and not empty.run_bar.epoch.isEnabled()


@pytest.mark.parametrize("name", ["reset", "reset_new_seed", "run"])
def test_once_the_file_is_there_reset_and_run_read_it(empty: MainWindow, driver: Driver, tmp_path: Path, name: str):
    refused(empty, driver)
    write(tmp_path / "points.csv")
    empty.commands[name].trigger()
    driver.wait_for(lambda: empty.session.running is not None)
    ready = Activity.FINISHED if name == "run" else Activity.IDLE
    driver.wait_for(lambda: empty.session.progress.activity is ready)
    assert empty.session.situation.has_data and not empty.session.edit_history.has_changed_parameters
    driver.settle(empty)


@pytest.mark.parametrize("name", ["reset", "run"])
def test_what_is_asked_for_again_too_early_is_refused_again(empty: MainWindow, driver: Driver, name: str):
    refused(empty, driver)
    empty.notice._close.click()
    empty.commands[name].trigger()
    refused(empty, driver)
    assert empty.session.running is None


def test_run_that_failed_for_want_of_the_data_starts_nothing_later(empty: MainWindow, driver: Driver, tmp_path: Path):
    empty.session.run_or_pause()
    refused(empty, driver)
    empty.session.run_or_pause()
    driver.wait_for(lambda: not empty.session.jobs.is_busy)
    write(tmp_path / "points.csv")
    session = empty.session
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        session.edit(replace(session.experiment, training=replace(session.experiment.training, epochs=5)))
    driver.settle(empty)
    driver.wait_for(lambda: session.progress.activity is not Activity.LOADING)
    assert session.progress.activity is Activity.IDLE and session.progress.step == 0


def test_run_for_data_that_suits_no_model_starts_nothing_when_it_does(empty: MainWindow, driver: Driver, tmp_path: Path):
    refused(empty, driver)
    session = empty.session
    session.edit(replace(session.experiment, dataset=replace(session.experiment.dataset, source=XOR(samples=40))))
    driver.wait_for(lambda: session.running is not None)
    driver.settle(empty)
    suited = session.experiment.model
    write(tmp_path / "points.csv")
    file = DatasetSettings(FileSource(path=str(tmp_path / "points.csv")))
    session.edit(replace(session.experiment, dataset=file, model=MODELS["cnn"]()))
    session.run_or_pause()
    driver.wait_for(lambda: bool(session.problem))
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        session.edit(replace(session.experiment, model=suited))
    driver.settle(empty)
    assert session.progress.step == 0 and session.progress.activity is Activity.IDLE


def test_a_run_that_could_not_be_built_is_built_when_run_is_pressed_again(
    xor: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("nnlab.ui.worked_run.assemble", fail)
        xor.session.reset()
        driver.wait_for(lambda: "not enough memory" in xor.notice.text)
    assert not xor.run_bar.batch.isEnabled()
    xor.commands["run"].trigger()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.FINISHED)
    driver.settle(xor)
