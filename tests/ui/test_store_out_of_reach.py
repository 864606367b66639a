"""Where runs cannot be kept the window says so once and works as ever; where they can be again they are."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.ui.complaints import Complaints
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example

pytestmark = pytest.mark.window
MAY_MOUNT = hasattr(os, "geteuid") and os.geteuid() == 0


class Window:
    """A window that is told what the journal has to complain of, as the program's is."""

    def __init__(self, driver: Driver) -> None:
        self.said: list[str] = []
        self.complaints = Complaints()
        self.journal = JournalWriter(runs_folder(), self.complaints.said.emit)
        self.driver = driver
        self.window: MainWindow = driver.open(example("xor", epochs=1_000_000), journal=self.journal)
        self.complaints.said.connect(self.window.session.message)
        self.window.session.message.connect(self.said.append)

    @property
    def step(self) -> int:
        return self.window.session.progress.moment.step

    def train_on(self, steps: int = 400) -> None:
        """It trains: so many steps more."""
        before = self.step
        self.driver.wait_for(lambda: self.step > before + steps)

    def close(self) -> None:
        self.driver.close(self.window)
        self.journal.close()


@contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """Of 2 MB."""
    place.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file systems can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def fill(file: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as ballast:
        while ballast.write(b"\0" * 4096):
            pass


@pytest.mark.skipif(not MAY_MOUNT, reason="needs the right to mount")
def test_a_full_disk_is_said_once_and_what_comes_when_there_is_room_is_kept(driver: Driver):
    with small_disk(runs_folder()):
        window = Window(driver)
        window.window.run_bar.run.click()
        driver.wait_for(lambda: len(list((runs_folder() / "1").glob("*.safetensors"))) > 1)
        before = {path.name: path.read_bytes() for path in (runs_folder() / "1").glob("*.safetensors")}
        fill(runs_folder() / "ballast")
        driver.wait_for(lambda: bool(window.said))
        window.train_on()
        assert {name: (runs_folder() / "1" / name).read_bytes() for name in before} == before
        (runs_folder() / "ballast").unlink()
        count = len(list((runs_folder() / "1").glob("*.safetensors")))
        driver.wait_for(lambda: len(list((runs_folder() / "1").glob("*.safetensors"))) > count)
        (sentence,) = window.said
        assert "not kept" in sentence and "free space" in sentence
        assert window.window.session.progress.is_running
        window.close()
        store = open_store(runs_folder())[0]
        assert store._connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        (record,) = store.runs()
        run_at(store, record, record.step, [])
        store.close()


@pytest.mark.skipif(not MAY_MOUNT, reason="needs the right to mount")
def test_a_home_that_may_not_be_written_is_said_once_however_many_runs_are_begun(driver: Driver):
    with small_disk(runs_folder()):
        subprocess.run(["mount", "-o", "remount,ro", runs_folder()], check=True)
        window = Window(driver)
        for _ in range(2):
            window.window.run_bar.run.click()
            window.train_on()
            window.window.run_bar.run.click()
            driver.wait_for(lambda: not window.window.session.progress.is_running)
            window.window.session.reset()
            driver.settle(window.window)
        window.close()
        (sentence,) = window.said
        assert "not kept" in sentence and "NNLAB_HOME" in sentence


def test_a_home_that_is_deleted_while_it_trains_is_made_anew(driver: Driver):
    window = Window(driver)
    window.window.run_bar.run.click()
    driver.wait_for(lambda: (runs_folder() / "1").exists())
    window.train_on()
    shutil.rmtree(runs_folder())
    driver.wait_for(lambda: bool(list((runs_folder() / "1").glob("*.safetensors"))))
    window.train_on()
    window.window.run_bar.run.click()
    driver.wait_for(lambda: not window.window.session.progress.is_running)
    window.journal.flush()
    values = window.window.session._link.worker._run.model.parameters.values.copy()
    store = open_store(runs_folder())[0]
    (record,) = store.runs()
    np.testing.assert_array_equal(run_at(store, record, record.step, []).run.model.parameters.values, values)
    store.close()
    window.close()
