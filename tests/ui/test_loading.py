"""Loading: beside the window, with progress, free to be cancelled; what was there stays until the new is there."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nnlab.ui.loading
from nnlab.datasets import DatasetSettings
from nnlab.errors import CancelledError, DatasetError
from nnlab.report import Report
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver

load_at_once = nnlab.ui.loading.load_data


class SlowFile:
    """Data called moons that takes until it is told to be there; the others come at once."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.was_cancelled = False
        self.problem = ""
        self.loads = 0

    def __call__(self, settings: DatasetSettings, folders: list[Path], report: Report) -> object:
        self.loads += 1
        if settings.source.name != "moons":
            return load_at_once(settings, folders, report)
        self.begun.set()
        try:
            while not self.may_end.wait(0.005):
                report("reading rows", 0.25)
        except CancelledError:
            self.was_cancelled = True
            raise
        if self.problem:
            raise DatasetError(self.problem)
        return load_at_once(settings, folders, report)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowFile]:
    file = SlowFile()
    monkeypatch.setattr("nnlab.ui.loading.load_data", file)
    yield file
    file.may_end.set()


def choose(window: MainWindow, name: str) -> None:
    experiment = window.session.experiment
    window.session.edit(replace(experiment, dataset=replace(experiment.dataset, source=name)))


def test_training_goes_on_and_probes_answer_while_data_is_loaded(slow: SlowFile, digits: MainWindow, driver: Driver) -> None:
    digits.run_bar.run.click()
    driver.wait_for(lambda: digits.session.progress.step > 0)
    choose(digits, "moons")
    driver.wait_for(slow.begun.is_set)
    driver.wait_for(lambda: digits.session.progress.activity is Activity.FINISHED)
    with driver.qtbot.waitSignal(digits.session.frame, timeout=60_000):
        digits.session.frames.refresh()
    assert digits.session.loading.arrays


def test_a_short_load_is_not_even_mentioned_and_a_long_one_tells_how_far_it_is(
    slow: SlowFile, digits: MainWindow, driver: Driver
) -> None:
    line = digits.dataset_panel.loading
    choose(digits, "moons")
    driver.wait_for(slow.begun.is_set)
    assert not line.isVisible()
    driver.wait_for(line.isVisible)
    driver.wait_for(lambda: line._what.text() == "reading rows")
    assert line._bar.value() == 250
    slow.may_end.set()
    driver.wait_for(lambda: digits.session.dataset.name == "moons")
    assert not line.isVisible()


def test_a_cancelled_load_leaves_the_previous_data_and_no_undo_step(
    slow: SlowFile, digits: MainWindow, driver: Driver
) -> None:
    before, dataset = digits.session.experiment, digits.session.dataset
    choose(digits, "moons")
    driver.wait_for(digits.dataset_panel.loading.isVisible)
    digits.dataset_panel.loading._stop.click()
    driver.wait_for(lambda: not digits.session.loading.arrays)
    assert slow.was_cancelled
    assert digits.session.experiment == before and digits.session.dataset is dataset
    assert digits.dataset_panel._form.editor("source").currentText() == "digits"
    assert digits.notice.text == ""
    assert not digits.session.edit_history.can_undo
    driver.finish(digits)
    assert digits.session.progress.activity is Activity.FINISHED


def test_a_failed_load_is_one_sentence_and_leaves_the_trained_run(
    slow: SlowFile, digits: MainWindow, driver: Driver
) -> None:
    driver.finish(digits)
    before, number = digits.session.experiment, digits.session.progress.step
    slow.problem = "rows.csv: row 7 has 3 columns, expected 5"
    slow.may_end.set()
    choose(digits, "moons")
    driver.wait_for(lambda: "row 7" in digits.notice.text)
    assert digits.session.experiment == before
    assert digits.session.progress.step == number


def test_what_is_chosen_last_counts_and_the_load_before_it_is_given_up(
    slow: SlowFile, digits: MainWindow, driver: Driver
) -> None:
    choose(digits, "moons")
    driver.wait_for(slow.begun.is_set)
    choose(digits, "circles")
    driver.wait_for(lambda: slow.was_cancelled and digits.session.dataset.name == "circles")
    driver.wait_for(lambda: not digits.session.jobs.is_busy)
    assert digits.session.dataset.name == digits.session.experiment.dataset.source.name == "circles"


def test_undoing_while_it_loads_gives_up_the_load(slow: SlowFile, digits: MainWindow, driver: Driver) -> None:
    choose(digits, "moons")
    driver.wait_for(slow.begun.is_set)
    digits.session.undo()
    driver.wait_for(lambda: slow.was_cancelled and not digits.session.jobs.is_busy)
    assert digits.session.dataset.name == "digits"
    driver.finish(digits)


def test_going_back_to_the_data_before_loads_nothing(slow: SlowFile, digits: MainWindow, driver: Driver) -> None:
    for name in ("circles", "digits", "circles"):
        choose(digits, name)
        driver.wait_for(lambda name=name: digits.session.dataset.name == name)
    assert slow.loads == 2


def test_closing_the_window_ends_a_load(slow: SlowFile, digits: MainWindow, driver: Driver) -> None:
    choose(digits, "moons")
    driver.wait_for(slow.begun.is_set)
    driver.close(digits)
    assert slow.was_cancelled and not digits.session.jobs.is_busy


def test_a_reset_reads_a_file_that_has_changed(digits: MainWindow, driver: Driver, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("1")
    loaded = []

    def load(settings: DatasetSettings, folders: list[Path], report: Report) -> object:
        loaded.append(path.read_text())
        return load_at_once(DatasetSettings({"kind": "xor", "samples": 8 + len(loaded)}), folders, report)

    monkeypatch.setattr("nnlab.ui.loading.load_data", load)
    for expected, text in ((["1"], "1"), (["1"], "1"), (["1", "2"], "2")):
        if text != path.read_text():
            path.write_text(text)
        with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
            if not loaded:
                digits.dataset_panel.choose_path(path)
            else:
                digits.session.reset()
        assert loaded == expected
    assert len(digits.stage._prepared.dataset.train) == 10
    assert np.isfinite(digits.session._link.worker._run.model.parameters.values).all()


def test_data_that_is_dropped_while_it_is_looked_up_is_loaded_anew(digits: MainWindow, monkeypatch) -> None:
    class Dropped(dict):
        def __contains__(self, key: object) -> bool:
            was_there = super().__contains__(key)
            self.clear()
            return was_there

    loading, settings = digits.session.loading, digits.session.experiment.dataset
    monkeypatch.setattr(loading, "_kept", Dropped(loading._kept))
    key, dataset = loading._find(settings, [], lambda what, share: None)
    assert key[0] == settings.arrays
    assert dataset.example_shape == digits.session.dataset.example_shape
