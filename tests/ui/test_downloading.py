"""A dataset that lies nowhere is offered for download in the window: begun, watched, cancelled, tried again, and used."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnlab.datasets import DATASETS, DatasetSettings
from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.places import home
from nnlab.ui.main_window import MainWindow
from tests.datasets import mirror as manners
from tests.datasets.mirror import Mirror, published, source_of, stand_ins
from tests.ui.conftest import Driver, example

FILES = stand_ins(pictures=100)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    monkeypatch.setenv("NO_PROXY", "*")
    with Mirror(FILES) as mirror:
        monkeypatch.setitem(DATASETS, "mnist", source_of(published(FILES, mirror)))
        monkeypatch.setitem(DATASETS, "fashion-mnist", source_of(published(FILES, mirror, name="fashion-mnist")))
        yield mirror


@pytest.fixture
def window(mirror: Mirror, driver: Driver) -> Iterator[MainWindow]:
    window = driver.open(example("digits-mlp", epochs=3), [home() / "data"])
    yield window
    mirror.released.set()
    driver.close(window)


def choose(window: MainWindow, driver: Driver, name: str = "mnist") -> None:
    """Choose a dataset that is not there, and wait for the offer."""
    session = window.session
    session.edit(replace(session.experiment, dataset=DatasetSettings(name)))
    driver.wait_for(lambda: "was not found" in window.download_notice.text)


def press(window: MainWindow) -> None:
    button = window.download_notice.button
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    # Space goes on to mean run and pause.
    assert not button.hasFocus()


def stored() -> list[str]:
    return sorted(path.name for path in (home() / "data").rglob("*") if path.is_file())


def test_a_missing_dataset_is_offered_and_the_one_before_stays(window: MainWindow, driver: Driver):
    choose(window, driver)
    told = window.download_notice.text
    assert "nnlab datasets download mnist" in told and "--data DIR" in told and str(home() / "data" / "mnist") in told
    assert window.download_notice.button.text() == "Download"
    assert window.notice.text == ""
    assert window.session.experiment.dataset.source.name == "digits"
    window.download_notice._close.click()
    assert window.download_notice.text == ""
    assert stored() == []


def test_what_was_downloaded_is_used_at_once_and_can_be_undone(window: MainWindow, driver: Driver):
    choose(window, driver)
    press(window)
    driver.wait_for(lambda: window.session.dataset.name == "mnist")
    assert window.download_notice.text == "" and window.notice.text == ""
    assert window.session.experiment.dataset.source.name == "mnist"
    assert stored() == sorted(FILES)
    driver.wait_for(lambda: window.stage._prepared.dataset.name == "mnist")
    window.session.undo()
    driver.wait_for(lambda: window.session.dataset.name == "digits")


def test_the_first_data_of_a_window_is_used_once_it_is_there(mirror: Mirror, driver: Driver):
    window = driver.begin(example("mnist-mlp", epochs=1), [home() / "data"])
    driver.wait_for(lambda: "was not found" in window.download_notice.text)
    assert window.session.running is None
    press(window)
    driver.wait_for(lambda: window.session.running is not None and window.session.dataset.name == "mnist")
    driver.wait_for(lambda: window.stage.current is not None and window.stage.current.answer is not None)
    driver.settle(window)


def test_the_notice_shows_how_far_it_is_and_cancelling_leaves_nothing_half(
    window: MainWindow, driver: Driver, mirror: Mirror
):
    third = list(FILES)[2]
    mirror.manners[f"{third}.gz"] = manners.hang_after(0.5)
    choose(window, driver)
    press(window)
    notice = window.download_notice
    driver.wait_for(lambda: third in notice.text)
    assert notice.button.text() == "Cancel"
    assert 0.8 < notice.bar.value() / notice.bar.maximum() < 1
    assert notice._close.isHidden()
    # Other messages stand beside it.
    window.session.message.emit("something else happened")
    assert third in notice.text and window.notice.text == "something else happened"
    with driver.qtbot.waitSignal(notice._job.cancelled, timeout=60_000):
        press(window)
    assert "cancelled" in notice.text
    assert notice.bar.isHidden()
    assert not notice._close.isHidden()
    assert stored() == sorted(list(FILES)[:2])
    assert window.session.experiment.dataset.source.name == "digits"
    mirror.manners.clear()
    mirror.asked.clear()
    press(window)
    driver.wait_for(lambda: window.session.dataset.name == "mnist")
    assert [asked.name for asked in mirror.asked] == [f"{name}.gz" for name in list(FILES)[2:]]


def test_a_failure_is_told_and_can_be_tried_again(window: MainWindow, driver: Driver, mirror: Mirror):
    mirror.manner = manners.web_page
    choose(window, driver)
    press(window)
    driver.wait_for(lambda: "sent a web page" in window.download_notice.text)
    assert mirror.host in window.download_notice.text
    assert window.download_notice.button.text() == "Try again"
    assert stored() == []
    mirror.manner = manners.serve
    press(window)
    driver.wait_for(lambda: window.session.dataset.name == "mnist")


def test_training_goes_on_while_it_downloads(window: MainWindow, driver: Driver, mirror: Mirror):
    mirror.manner = manners.hang_after(0.5)
    choose(window, driver)
    press(window)
    driver.wait_for(lambda: "train-images" in window.download_notice.text)
    driver.finish(window)
    assert window.download_notice.is_busy
    assert "train-images" in window.download_notice.text


def test_choosing_it_again_waits_for_the_same_download(window: MainWindow, driver: Driver, mirror: Mirror):
    mirror.manners["train-images-idx3-ubyte.gz"] = manners.hang_after(0.5)
    choose(window, driver)
    press(window)
    driver.wait_for(lambda: "train-images" in window.download_notice.text)
    with driver.qtbot.waitSignal(window.session.loading.failed, timeout=60_000):
        window.session.edit(replace(window.session.experiment, dataset=DatasetSettings("mnist", validation=0.2)))
    assert window.notice.text == ""
    assert "train-images" in window.download_notice.text
    assert window.download_notice.button.text() == "Cancel"
    mirror.manners.clear()
    mirror.released.set()
    driver.wait_for(lambda: window.session.dataset.name == "mnist")
    assert window.session.experiment.dataset.validation == 0.2


def test_another_dataset_that_is_missing_meanwhile_is_told_beside_it(window: MainWindow, driver: Driver, mirror: Mirror):
    mirror.manner = manners.hang_after(0.5)
    choose(window, driver)
    press(window)
    driver.wait_for(lambda: "train-images" in window.download_notice.text)
    window.session.edit(replace(window.session.experiment, dataset=DatasetSettings("fashion-mnist")))
    driver.wait_for(lambda: "nnlab datasets download fashion-mnist" in window.notice.text)
    assert "train-images" in window.download_notice.text


def test_a_file_whose_data_was_missing_is_opened_after_the_download(window: MainWindow, driver: Driver, tmp_path: Path):
    wanted = replace(example("mnist-mlp", epochs=2), name="wanted")
    save_experiment(wanted, tmp_path / "wanted.toml")
    window.files.open(tmp_path / "wanted.toml")
    driver.wait_for(lambda: "was not found" in window.download_notice.text)
    assert window.session.path is None
    press(window)
    driver.wait_for(lambda: window.session.dataset.name == "mnist")
    assert (window.session.path, window.session.experiment) == (tmp_path / "wanted.toml", wanted)
    assert not window.isWindowModified()


def test_closing_the_window_ends_a_download_at_once(mirror: Mirror, driver: Driver):
    mirror.manner = manners.say_nothing
    window = driver.open(example("digits-mlp", epochs=3), [home() / "data"])
    choose(window, driver)
    press(window)
    driver.wait_for(lambda: "train-images" in window.download_notice.text)
    driver.close(window)
    assert not window.session.jobs.is_busy
    assert stored() == []
