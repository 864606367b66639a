"""An experiment whose encoder nobody has trained offers to train it, and opens again by itself."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnlab.datasets import Dataset
from nnlab.datasets.array_settings import ArraySettings
from nnlab.experiments.assembly import load_data
from nnlab.experiments.experiment import save_experiment, with_settings
from nnlab.experiments.model_file import load_model
from nnlab.experiments.places import home
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.report import Report
from nnlab.ui.activity import Activity
from nnlab.ui.encoder_training import _place
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example


def write(folder: Path, epochs: int = 2, encoder: str = "coder.safetensors") -> Path:
    """coder.toml, and latent.toml that learns from its codes."""
    coder = replace(
        example("digits-mlp", epochs=epochs),
        name="coder",
        model=AutoencoderSettings((Dense(4), Code(), Dense(64), Sigmoid())),
    )
    save_experiment(coder, folder / "coder.toml")
    latent = with_settings(replace(example("digits-mlp", epochs=2), name="latent"), [f"dataset.encoder={encoder}"])
    path = folder / "latent.toml"
    save_experiment(latent, path)
    return path


@pytest.fixture
def offered(xor: MainWindow, driver: Driver, tmp_path: Path) -> MainWindow:
    xor.files.open(write(tmp_path))
    driver.wait_for(lambda: xor.encoder_notice.text != "")
    return xor


def press(window: MainWindow) -> None:
    QTest.mouseClick(window.encoder_notice.button, Qt.MouseButton.LeftButton)


def test_what_cannot_be_opened_yet_says_what_it_takes(offered: MainWindow, driver: Driver) -> None:
    notice = offered.encoder_notice
    assert "latent" in notice.text and "coder.safetensors" in notice.text
    assert notice.button.text() == "Train the autoencoder first"
    # The experiment before it stays, and nothing is told twice.
    assert offered.session.experiment.name == "xor" and offered.notice.text == ""


def test_the_encoder_is_trained_and_the_experiment_opens_again(offered: MainWindow, driver: Driver, tmp_path: Path) -> None:
    press(offered)
    driver.wait_for(lambda: offered.session.path == tmp_path / "coder.toml")
    driver.wait_for(lambda: offered.session.path == tmp_path / "latent.toml")
    driver.wait_for(lambda: offered.session.running is not None and offered.session.running.name == "latent")
    driver.settle(offered)
    assert (tmp_path / "coder.safetensors").is_file()
    assert offered.encoder_notice.text == "" and offered.session.dataset.example_shape == (4,)
    driver.finish(offered)
    assert offered.session.progress.activity is Activity.FINISHED


def test_where_there_is_nothing_else_it_stands_beside_run_too(driver: Driver, tmp_path: Path) -> None:
    write(tmp_path)
    experiment = with_settings(example("digits-mlp", epochs=2), ["dataset.encoder=coder.safetensors"])
    window = driver.begin(experiment, [tmp_path, home() / "data"])
    line = window.run_bar.line
    driver.wait_for(lambda: line.mend.isVisible())
    assert line.mend.text() == "Train the autoencoder first" and "coder.safetensors" in line.reason.text()
    line.mend.click()
    assert window.encoder_notice.is_under_way
    driver.wait_for(lambda: window.session.running is not None and window.session.running.dataset.encoder != "")
    driver.settle(window)
    assert (home() / "data" / "coder.safetensors").is_file()


def test_it_may_be_used_before_it_is_complete(xor: MainWindow, driver: Driver, tmp_path: Path) -> None:
    xor.files.open(write(tmp_path, epochs=100_000))
    driver.wait_for(lambda: xor.encoder_notice.text != "")
    press(xor)
    button = xor.encoder_notice.button
    driver.wait_for(lambda: xor.session.path == tmp_path / "coder.toml" and button.isEnabled())
    assert button.text() == "Use it as it is now"
    press(xor)
    driver.wait_for(lambda: xor.session.running is not None and xor.session.running.name == "latent")
    driver.settle(xor)


def test_who_opens_something_else_meanwhile_is_not_led_back(xor: MainWindow, driver: Driver, tmp_path: Path) -> None:
    xor.files.open(write(tmp_path, epochs=100_000))
    driver.wait_for(lambda: xor.encoder_notice.text != "")
    press(xor)
    driver.wait_for(lambda: xor.session.path == tmp_path / "coder.toml")
    save_experiment(example("xor", epochs=1), tmp_path / "other.toml")
    xor.files.may_leave = lambda later: True
    xor.files.open(tmp_path / "other.toml")
    driver.wait_for(lambda: xor.session.path == tmp_path / "other.toml")
    assert not xor.encoder_notice.is_under_way and xor.encoder_notice.text == ""
    driver.wait_for(lambda: xor.session.progress.activity is Activity.IDLE)
    driver.finish(xor)
    assert xor.session.path == tmp_path / "other.toml" and not (tmp_path / "coder.safetensors").exists()


def test_the_run_before_is_not_taken_for_the_encoder(
    xor: MainWindow, driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_load = threading.Event()

    def slow(settings: ArraySettings, folders: list[Path], report: Report) -> Dataset:
        assert may_load.wait(60)
        return load_data(settings, folders, report)

    driver.finish(xor)
    xor.files.open(write(tmp_path))
    driver.wait_for(lambda: xor.encoder_notice.text != "")
    monkeypatch.setattr("nnlab.ui.loading.load_data", slow)
    press(xor)
    driver.wait_for(lambda: xor.session.path == tmp_path / "coder.toml")
    try:
        # As a frame of the run that is there does, and one that is only now prepared.
        assert xor.session.running is not None and xor.session.running.name == "xor"
        xor.session.progressed.emit(xor.session.progress)
        assert not xor.encoder_notice.button.isEnabled()
        xor.encoder_notice.acted.emit()
        assert xor.encoder_notice.is_under_way and not xor.session.saving.is_busy
    finally:
        may_load.set()
    driver.wait_for(lambda: xor.session.running is not None and xor.session.running.name == "latent")
    driver.settle(xor)
    assert load_model(tmp_path / "coder.safetensors").experiment.name == "coder"


@pytest.mark.parametrize("name", ["models/coder.safetensors", f"models/coder{'r' * 70}.safetensors"])
def test_an_encoder_is_saved_where_the_experiment_names_it(
    xor: MainWindow, driver: Driver, tmp_path: Path, name: str
) -> None:
    path = write(tmp_path, encoder=name)
    (tmp_path / "models").mkdir()
    (tmp_path / "coder.toml").rename((tmp_path / name).with_suffix(".toml"))
    other = tmp_path / "coder.safetensors"
    other.write_bytes(b"another file")
    xor.files.open(path)
    driver.wait_for(lambda: xor.encoder_notice.text != "")
    press(xor)
    driver.wait_for(lambda: xor.session.running is not None and xor.session.running.name == "latent")
    driver.settle(xor)
    assert (tmp_path / name).is_file() and other.read_bytes() == b"another file"


@pytest.mark.parametrize("may_replace", [False, True])
def test_a_file_that_came_meanwhile_is_replaced_only_by_leave(
    xor: MainWindow, driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, may_replace: bool
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(xor.files, "may_replace", lambda path: asked.append(path) or may_replace)
    xor.files.open(write(tmp_path))
    driver.wait_for(lambda: xor.encoder_notice.text != "")
    coder = tmp_path / "coder.safetensors"
    coder.write_bytes(b"another file")
    press(xor)
    driver.wait_for(lambda: asked == [coder])
    if may_replace:
        driver.wait_for(lambda: xor.session.running is not None and xor.session.running.name == "latent")
    driver.settle(xor)
    assert (coder.read_bytes() == b"another file") == (not may_replace)
    assert not xor.encoder_notice.is_under_way and xor.encoder_notice.text == ""


def test_who_stays_with_what_is_open_may_begin_again(offered: MainWindow, driver: Driver, tmp_path: Path) -> None:
    answers = [False]
    may_leave = offered.files.may_leave
    offered.files.may_leave = lambda later: answers.pop() if answers else may_leave(later)
    press(offered)
    driver.wait_for(lambda: not answers)
    assert not offered.encoder_notice.is_under_way and offered.session.experiment.name == "xor"
    assert offered.encoder_notice.button.isEnabled()
    assert offered.encoder_notice.button.text() == "Train the autoencoder first"
    press(offered)
    driver.wait_for(lambda: offered.session.running is not None and offered.session.running.name == "latent")
    driver.settle(offered)


def test_who_has_the_recipe_open_already_may_stay_with_it(xor: MainWindow, driver: Driver, tmp_path: Path) -> None:
    latent = write(tmp_path)
    xor.files.open(tmp_path / "coder.toml")
    driver.wait_for(lambda: xor.session.running is not None and xor.session.running.name == "coder")
    driver.settle(xor)
    xor.files.open(latent)
    driver.wait_for(lambda: xor.encoder_notice.text != "" and xor.session.path == tmp_path / "coder.toml")
    asked: list[object] = []
    xor.files.may_leave = lambda later: asked.append(later) is not None
    press(xor)
    # As after a save, while the recipe is read again.
    xor.session.saved_changed.emit()
    driver.wait_for(lambda: len(asked) == 1)
    assert not xor.encoder_notice.is_under_way and xor.encoder_notice.button.isEnabled()


def test_a_recipe_that_cannot_be_read_may_be_tried_again(offered: MainWindow, driver: Driver, tmp_path: Path) -> None:
    recipe = tmp_path / "coder.toml"
    whole = recipe.read_text()
    recipe.write_text("no experiment")
    press(offered)
    driver.wait_for(lambda: not offered.encoder_notice.is_under_way)
    recipe.write_text(whole)
    press(offered)
    driver.wait_for(lambda: offered.session.running is not None and offered.session.running.name == "latent")
    driver.settle(offered)


def test_an_encoder_lies_beside_the_experiment_or_among_the_data(tmp_path: Path) -> None:
    from nnlab.resources import resource

    assert _place("a.safetensors", tmp_path / "b.toml") == tmp_path / "a.safetensors"
    for shipped in (resource("examples", "mnist-latent-svm.toml"), None):
        assert _place("a.safetensors", shipped) == home() / "data" / "a.safetensors"
