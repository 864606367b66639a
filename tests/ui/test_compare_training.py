"""A comparison file that is opened is trained run by run, shown as it fills, and can be cancelled."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox

from nnlab.experiments import examples
from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.experiments.variations import load_variations
from nnlab.experiments.variations_training import train_in_turn
from nnlab.report import silent
from nnlab.ui.main_window import MainWindow
from tests.experiments.cases import SMALL
from tests.ui.conftest import Driver, example

EXAMPLES = {example.path.stem: example.path for example in examples.EXAMPLES if example.file.startswith("comparisons/")}


@pytest.fixture
def journal():
    said: list[str] = []
    journal = JournalWriter(runs_folder(), said.append)
    yield journal
    journal.close()
    assert said == []


@pytest.fixture
def main(driver: Driver, journal: JournalWriter):
    window = driver.open(example("xor", epochs=3), journal=journal)
    yield window
    driver.close(window)


def write(folder: Path, text: str) -> Path:
    save_experiment(SMALL, folder / "small.toml")
    (folder / "both.toml").write_text(f'name = "Both"\nbase = "small.toml"\n{text}')
    return folder / "both.toml"


def test_a_comparison_is_trained_and_shown_while_the_experiment_stays(
    driver: Driver, main: MainWindow, journal: JournalWriter, tmp_path: Path
):
    before = main.session.experiment
    path = write(tmp_path, "vary.training.learning_rate = [0.1, 0.5, 1.0]")
    main.files.open(path)
    driver.wait_for(lambda: main.comparing.window is not None and len(main.comparing.window.runs) == 3)
    window = main.comparing.window
    driver.wait_for(lambda: [run.record.ending for run in window.runs] == ["all epochs done"] * 3)
    assert window.isVisible() and window.training.isHidden()
    assert [run.record.name for run in window.runs] == ["Small: lr 0.1", "Small: lr 0.5", "Small: lr 1"]
    assert {run.record.tags for run in window.runs} == {("Both",)}
    assert main.session.experiment == before and main.session.dataset is not None
    # They are the runs that a command would have made.
    numbers: list[int] = []
    train_in_turn(load_variations(path), [], journal, numbers.append, silent)
    store = open_store(runs_folder())[0]
    for one, other in zip((1, 2, 3), numbers, strict=True):
        last = [(store.snapshot_path(number, 8)).read_bytes()[-64:] for number in (one, other)]
        assert last[0] == last[1]
        np.testing.assert_array_equal(store.run(one).curve, store.run(other).curve)


def test_it_is_cancelled_and_what_was_trained_is_shown(driver: Driver, main: MainWindow, tmp_path: Path):
    main.files.open(write(tmp_path, "set.training.epochs = 100000\nvary.training.seed = [1, 2]"))
    driver.wait_for(lambda: main.comparing.window is not None and main.comparing.window.isVisible())
    window = main.comparing.window
    driver.wait_for(lambda: not window.training.isHidden() and "Small: seed 1 (1 of 2)" in window.training._what.text())
    window.training._stop.click()
    driver.wait_for(lambda: window.training.isHidden())
    driver.wait_for(lambda: [run.record.ending for run in window.runs] == ["stopped"])
    # One run has nothing to differ from.
    window.show_page("weights")
    assert "two runs" in window.weights.said


def answer(monkeypatch: pytest.MonkeyPatch, button: QMessageBox.StandardButton) -> list[str]:
    """What is answered, and what was asked."""
    asked: list[str] = []

    def exec_(box: QMessageBox) -> QMessageBox.StandardButton:
        asked.append(box.text())
        return button

    monkeypatch.setattr(QMessageBox, "exec", exec_)
    return asked


def test_a_closed_window_stays_closed_and_the_training_goes_on(
    driver: Driver, main: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked = answer(monkeypatch, QMessageBox.StandardButton.Ok)
    main.files.open(write(tmp_path, "set.training.epochs = 30\nvary.training.seed = [1, 2, 3]"))
    driver.wait_for(lambda: main.comparing.window is not None and main.comparing.window.isVisible())
    main.comparing.window.close()
    driver.wait_for(lambda: not main.comparing.training.is_busy)
    assert main.comparing.window.isHidden()
    store = open_store(runs_folder())[0]
    assert [run.ending for run in store.runs()] == ["all epochs done"] * 3
    assert asked == ["Both is still being trained."]


def test_closed_with_the_training_stopped_it_says_what_is_kept(
    driver: Driver, main: MainWindow, journal: JournalWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    main.files.open(write(tmp_path, "set.training.epochs = 100000\nvary.training.seed = [1, 2]"))
    driver.wait_for(lambda: main.comparing.window is not None and len(main.comparing.window.runs) == 1)
    window = main.comparing.window
    answer(monkeypatch, QMessageBox.StandardButton.Cancel)
    window.close()
    assert window.isVisible() and main.comparing.training.is_busy
    answer(monkeypatch, QMessageBox.StandardButton.Discard)
    window.close()
    assert window.isHidden() and "Both was stopped. 1 run of it is kept" in main.notice.text
    driver.wait_for(lambda: not main.comparing.training.is_busy)
    journal.flush()
    (run,) = open_store(runs_folder())[0].runs()
    assert run.ending == "stopped" and run.step > 0
    # Nobody is asked once nothing is trained.
    asked = answer(monkeypatch, QMessageBox.StandardButton.Cancel)
    main.commands["compare"].trigger()
    driver.wait_for(lambda: window.isVisible())
    window.close()
    assert window.isHidden() and asked == []


def test_what_tells_of_the_training_leaves_the_page_in_its_place(driver: Driver, main: MainWindow, tmp_path: Path):
    main.files.open(write(tmp_path, "set.training.epochs = 100000\nvary.training.seed = [1, 2]"))
    driver.wait_for(lambda: main.comparing.window is not None and main.comparing.window.isVisible())
    window = main.comparing.window
    driver.wait_for(lambda: not window.training.isHidden() and bool(window.runs))
    driver.settle(main)
    during = window._stack.geometry()
    window.training._stop.click()
    driver.wait_for(lambda: window.training.isHidden() and not main.comparing.training.is_busy)
    driver.settle(main)
    assert window._stack.geometry() == during


def test_closing_the_main_window_ends_the_training_between_two_steps(
    driver: Driver, main: MainWindow, journal: JournalWriter, tmp_path: Path
):
    main.files.open(write(tmp_path, "set.training.epochs = 100000\nvary.training.seed = [1, 2]"))
    driver.wait_for(lambda: main.comparing.window is not None and main.comparing.window.isVisible())
    driver.close(main)
    journal.flush()
    (run,) = open_store(runs_folder())[0].runs()
    assert run.ending == "stopped" and run.step > 0


def test_two_at_once_are_refused(driver: Driver, main: MainWindow, tmp_path: Path):
    path = write(tmp_path, "set.training.epochs = 100000\nvary.training.seed = [1, 2]")
    main.files.open(path)
    driver.wait_for(lambda: main.comparing.window is not None and main.comparing.window.isVisible())
    main.files.open(path)
    driver.wait_for(lambda: "Both is still being trained" in main.notice.text)
    main.comparing.window.training._stop.click()
    driver.wait_for(lambda: not main.comparing.training.is_busy)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vary.training.sede = [1]", "'seed'"),
        ("vary.training.seed = 3", "expected a list"),
        ('set.dataset.source = { kind = "file", path = "absent.csv" }\nvary.training.seed = [1]', "absent.csv"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_trained(text: str, said: str, driver: Driver, main: MainWindow, tmp_path: Path):
    main.files.open(write(tmp_path, text))
    driver.wait_for(lambda: said in main.notice.text)
    driver.wait_for(lambda: not main.session.jobs.is_busy)
    assert open_store(runs_folder())[0].runs() == []


def test_without_a_store_there_is_nothing_to_compare(driver: Driver, tmp_path: Path):
    main = driver.open(example("xor", epochs=3))
    main.files.open(write(tmp_path, "vary.training.seed = [1, 2]"))
    driver.wait_for(lambda: "runs are not kept" in main.notice.text)


def test_data_that_is_missing_is_offered_for_download(driver: Driver, main: MainWindow, no_data: None):
    main.files.open(EXAMPLES["mnist-against-fashion"])
    driver.wait_for(lambda: main.download_notice.isVisible())
    assert "MNIST" in main.download_notice.text
    assert main.download_notice._path == EXAMPLES["mnist-against-fashion"]


def test_the_comparisons_are_in_the_gallery(main: MainWindow):
    main.commands["examples"].trigger()
    cards = main.gallery.window.page.cards
    assert {f"comparisons/{name}" for name in EXAMPLES} <= set(cards)
