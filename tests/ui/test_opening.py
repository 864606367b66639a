"""Reading a file beside the window: training goes on, nothing changes before it has been read, and it can be given up."""

import os
import threading
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from nnlab.experiments.experiment import save_experiment
from nnlab.resources import resource
from nnlab.ui import opening
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example

XOR = resource("examples", "xor.toml")


class Slow:
    """A file system that answers when it is let go; other threads wait for it, this one does not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.let_go, self.reads = threading.Event(), threading.Event()
        read_file = opening.read_file

        def read(path: Path) -> object:
            self.reads.set()
            assert threading.current_thread() is not threading.main_thread()
            self.let_go.wait(60)
            return read_file(path)

        monkeypatch.setattr(opening, "read_file", read)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow(monkeypatch)
    yield slow
    slow.let_go.set()


def test_training_goes_on_while_a_file_is_read(driver: Driver, slow: Slow) -> None:
    window = driver.open(example("digits-mlp", epochs=100_000))
    window.run_bar.run.click()
    window.files.open(XOR)
    driver.wait_for(slow.reads.is_set)
    line = window.dataset_panel.loading
    driver.wait_for(line.isVisible)
    assert "xor.toml" in line._what.text()
    seen = window.session.progress.step
    driver.wait_for(lambda: window.session.progress.step > seen + 100)
    assert window.session.experiment.name == "digits-mlp" and window.files.recent == []
    slow.let_go.set()
    driver.wait_for(lambda: window.session.running.name == "xor")
    assert line.isHidden() and window.files.recent == [XOR.resolve()]


def test_reading_can_be_given_up(digits: MainWindow, driver: Driver, slow: Slow) -> None:
    before = digits.session.experiment
    digits.files.open(XOR)
    driver.wait_for(digits.dataset_panel.loading.isVisible)
    digits.dataset_panel.loading._stop.click()
    assert digits.dataset_panel.loading.isHidden() and not digits.session.opening.source
    slow.let_go.set()
    driver.wait_for(lambda: not digits.session.jobs.is_busy)
    assert digits.session.experiment == before and digits.files.recent == [] and digits.notice.text == ""


def test_of_two_files_the_one_asked_for_last_is_opened(digits: MainWindow, driver: Driver, slow: Slow) -> None:
    digits.files.open(XOR)
    digits.files.open(resource("examples", "digits-mlp.toml"))
    slow.let_go.set()
    driver.wait_for(lambda: not digits.session.jobs.is_busy and not digits.session.opening.source)
    assert digits.session.experiment.name == "digits-mlp"
    assert digits.files.recent == [resource("examples", "digits-mlp.toml").resolve()]


def test_run_pressed_while_a_file_that_cannot_be_opened_is_read_starts_nothing(
    digits: MainWindow, driver: Driver, slow: Slow, tmp_path: Path
) -> None:
    (tmp_path / "bad.toml").write_text("[")
    digits.files.open(tmp_path / "bad.toml")
    digits.session.run_or_pause()
    slow.let_go.set()
    driver.wait_for(lambda: "bad.toml" in digits.notice.text)
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.session.reset()
    assert not digits.session._wish.plays
    driver.settle(digits)
    assert digits.session.progress.step == 0


def test_an_edit_made_while_a_file_is_read_is_asked_about(
    digits: MainWindow, driver: Driver, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    button = QMessageBox.StandardButton.Cancel
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()) or button)
    digits.files.open(XOR)
    digits.training_panel._form.editor("epochs").setValue(9)
    slow.let_go.set()
    driver.wait_for(lambda: bool(asked))
    assert digits.session.experiment.name == "digits-mlp" and digits.session.experiment.training.epochs == 9


def test_what_is_no_file_is_refused_and_holds_nothing_up(digits: MainWindow, driver: Driver, tmp_path: Path) -> None:
    for kind, ending in product(("pipe", "device", "folder", "nothing"), (".toml", ".safetensors")):
        path = tmp_path / f"{kind}{ending}"
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "device":
            path.symlink_to("/dev/zero")
        elif kind == "folder":
            path.mkdir()
        before = digits.session.experiment
        digits.files.open(path)
        driver.wait_for(lambda name=path.name: name in digits.notice.text)
        assert digits.session.experiment == before and digits.files.recent == []


def test_closing_while_a_file_is_read_waits_for_the_reader_alone(
    digits: MainWindow, driver: Driver, slow: Slow, tmp_path: Path
) -> None:
    save_experiment(example("xor"), tmp_path / "x.toml")
    digits.files.open(tmp_path / "x.toml")
    driver.wait_for(slow.reads.is_set)
    slow.let_go.set()
    assert digits.close() and not digits.session.jobs.is_busy
