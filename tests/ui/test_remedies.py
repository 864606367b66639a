"""Beside Run stands why there is nothing to run, and a button that mends it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from nnlab.datasets import DatasetSettings
from nnlab.errors import DatasetError, MissingDatasetError, MissingEncoderError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.mending import Mending
from nnlab.training import TrainingSettings
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from nnlab.ui.remedies import Task, in_one_line, remedy_of, shorter
from nnlab.ui.situation import Situation, Wish
from tests.ui.conftest import Driver, example

HERE = Situation(Wish(Experiment()), Experiment().dataset.arrays, running=Experiment())
OTHER = Experiment("other")
FILE = Experiment(dataset=DatasetSettings({"kind": "file", "path": "a.csv"}))
BLANK = Experiment(dataset=DatasetSettings({"kind": "drawn", "points": ((0.0, 1.0, 0),)}))


def waits(error: Exception, experiment: Experiment = HERE.wish.experiment) -> Situation:
    return Situation(Wish(experiment, waits=True), missing=error)


TABLE: dict[str, tuple[Situation, tuple[str, str, object] | None]] = {
    "it can run": (HERE, None),
    "it trains": (replace(HERE, activity=Activity.RUNNING), None),
    "it is complete": (replace(HERE, activity=Activity.FINISHED), None),
    "data is loaded": (Situation(Wish(Experiment()), loading=Experiment().dataset.arrays), None),
    "a model is built": (replace(HERE, activity=Activity.LOADING), None),
    "it diverged": (
        replace(HERE, activity=Activity.DIVERGED),
        ("Training diverged", "Restart with learning rate 0.005", Task.RESTART_SLOWER),
    ),
    "it diverged at a tiny rate": (
        replace(
            HERE,
            activity=Activity.DIVERGED,
            wish=Wish(replace(HERE.wish.experiment, training=TrainingSettings(learning_rate=0.0002))),
        ),
        ("Training diverged", "Restart with learning rate 2e−05", Task.RESTART_SLOWER),
    ),
    "nothing mends it": (replace(HERE, problem="what it is; what to do"), ("what it is", "", None)),
    "something does": (
        replace(HERE, problem="what it is; what to do", mending=Mending("Add it", OTHER)),
        ("what it is", "Add it", OTHER),
    ),
    "nothing is drawn": (
        Situation(Wish(BLANK), BLANK.dataset.arrays, problem="dataset.source.points: draw"),
        ("Draw points of two classes first", "", None),
    ),
    "a download": (
        waits(MissingDatasetError("mnist", "MNIST was not found; download it")),
        ("MNIST is not on this computer", "Download MNIST", Task.DOWNLOAD),
    ),
    "an encoder": (
        waits(MissingEncoderError("coder.safetensors", Path("coder.toml"), "not found")),
        ("coder.safetensors was not trained yet", "Train the autoencoder first", Task.TRAIN_ENCODER),
    ),
    "an encoder that nobody can train": (
        waits(MissingEncoderError("coder.safetensors", None, "not found")),
        ("coder.safetensors was not trained yet", "", None),
    ),
    "a file": (
        waits(DatasetError("a.csv: no such file; give another"), FILE),
        ("a.csv: no such file", "Choose a file…", Task.CHOOSE_FILE),
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_reason_and_what_mends_it_follow_from_the_situation(case: str) -> None:
    situation, expected = TABLE[case]
    remedy = remedy_of(situation)
    assert (remedy and (remedy.reason, remedy.words, remedy.cure)) == expected


def test_where_there_is_nothing_to_run_there_is_a_reason() -> None:
    for situation, expected in TABLE.values():
        assert situation.can_run or expected is not None


def test_a_reason_is_one_line() -> None:
    assert in_one_line("conv2d: kernel 9 is larger than 5 x 5; use a smaller one") == "conv2d: kernel 9 is larger than 5 x 5"
    assert in_one_line("a.csv was not found (looked in here, there); give a path") == "a.csv was not found"


def test_a_reason_is_shortened_to_what_matters_most() -> None:
    assert shorter("cross_entropy: the last layer is 'dense', it must be 'softmax'")[-1] == "the last layer is 'dense'"
    assert shorter("the network has 7 outputs but the data has 10 classes")[-1] == "the network has 7 outputs"
    assert shorter("layer 1 (conv2d): conv2d: kernel 9 is larger than its input 5 x 5")[0].startswith("kernel 9")


@pytest.mark.parametrize("width", [1280, 1440])
def test_what_stops_run_can_be_read_beside_its_button(digits: MainWindow, driver: Driver, width: int) -> None:
    digits.resize(width, 800)
    digits.architecture_panel.select(3)
    digits.architecture_panel._layer_form.editor("units").setValue(7)
    driver.wait_for(lambda: digits.run_bar.line.mend.isVisible() and digits.width() == width)
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    assert not digits.run_bar.line.reason.shown.endswith("…")


def press_mend(window: MainWindow) -> None:
    button = window.run_bar.line.mend
    assert button.isVisible() and button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_one_press_mends_the_model_and_one_undo_takes_it_back(digits: MainWindow, driver: Driver) -> None:
    panel, line = digits.architecture_panel, digits.run_bar.line
    panel.select(4)
    panel.remove_layer()
    assert line.reason.isVisible() and "'softmax'" in line.reason.text() and not line.where.isVisible()
    assert line.mend.text() == digits.commands["mend"].text() == "Add Softmax"
    broken = digits.session.experiment
    press_mend(digits)
    assert digits.session.problem == "" and digits.session.experiment == example("digits-mlp", epochs=3)
    assert not line.reason.isVisible() and not line.mend.isVisible() and line.where.isVisible()
    assert not digits.commands["mend"].isEnabled()
    digits.session.undo()
    assert digits.session.experiment == broken and line.mend.isVisible()
    digits.session.redo()
    driver.settle(digits)


def test_a_file_that_is_not_there_can_be_chosen(
    empty: MainWindow, driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = empty.run_bar.line
    assert "points.csv" in line.reason.text() and line.mend.text() == "Choose a file…"
    rows = "\n".join(f"{i},{i % 3},{'ab'[i % 2]}" for i in range(40))
    (tmp_path / "there.csv").write_text(f"x,y,label\n{rows}\n")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "there.csv"), ""))
    press_mend(empty)
    driver.wait_for(lambda: empty.session.running is not None)
    driver.settle(empty)
    assert not line.reason.isVisible()


def without_classes(experiment: Experiment) -> Experiment:
    return replace(experiment, dataset=DatasetSettings({"kind": "drawn", "points": ((0.0, 1.0, 0),)}))


@pytest.mark.parametrize("act", [lambda window: window.commands["run"].trigger(), lambda window: window.run_bar.run.click()])
def test_run_is_grey_exactly_where_it_has_nothing_to_do(
    xor: MainWindow, driver: Driver, act: Callable[[MainWindow], object]
) -> None:
    xor.session.edit(without_classes(xor.session.experiment))
    driver.wait_for(lambda: xor.session.is_blank and bool(xor.session.problem))
    assert not xor.run_bar.run.isEnabled() and xor.run_bar.line.reason.text() == "Draw points of two classes first"
    act(xor)
    assert not xor.session.progress.is_running


def test_a_run_that_diverged_is_begun_again_with_a_lower_rate(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", learning_rate=1e3, l2=100.0, epochs=2))
    driver.finish(window)
    assert window.session.progress.activity is Activity.DIVERGED and window.run_bar.run.text() == "Restart"
    # Its first step moved the weights by 100,000 times their size.
    assert window.run_bar.line.mend.text() == "Restart with learning rate 0.0001"
    press_mend(window)
    driver.wait_for(
        lambda: window.session.running.training.learning_rate == 0.0001 and window.session.progress.activity.has_ended
    )
    driver.settle(window)
    assert window.session.progress.activity is Activity.FINISHED
