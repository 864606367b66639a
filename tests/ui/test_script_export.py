"""The experiment as a script from the window: chosen from a menu, written beside what goes on, and told of."""

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from nnlab.experiments.experiment import with_settings
from nnlab.experiments.exports import EXPORTS
from nnlab.ui import script_export
from nnlab.ui.actions import ACTIONS
from nnlab.ui.main_window import MainWindow
from nnlab.ui.script_export import SUBMENU
from tests.ui.conftest import Driver, example, experiment_beside_its_data

SCRIPTS = [target for target, export in EXPORTS.items() if not export.needs_model]


@pytest.fixture
def window(driver: Driver) -> MainWindow:
    return driver.open(example("xor", epochs=2, learning_rate=0.25))


@pytest.fixture
def messages(window: MainWindow) -> list[str]:
    said: list[str] = []
    window.session.message.connect(said.append)
    window.files.message.connect(said.append)
    return said


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> list[tuple[object, ...]]:
    """What the dialog answers, and what it was asked."""
    asked: list[tuple[object, ...]] = []

    def answer(*words: object) -> tuple[str, str]:
        asked.append(words)
        return (str(path) if path else "", str(words[-1]))

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return asked


def test_every_target_of_an_experiment_has_a_row_in_one_submenu():
    assert {"numpy", "torch", "keras", "notebook"} <= set(SCRIPTS)
    rows = [row for row in ACTIONS.values() if row.submenu == SUBMENU]
    assert [row.name for row in rows] == [f"export_{target}" for target in SCRIPTS]
    assert all(row.help for row in rows)


@pytest.mark.parametrize("target", ["numpy", "torch", "keras"])
def test_a_script_of_the_experiment_as_it_is_set_is_written(window, driver, messages, tmp_path, monkeypatch, target):
    asked = choose(monkeypatch, tmp_path / "mine.py")
    window.commands[f"export_{target}"].trigger()
    driver.wait_for(lambda: bool(messages))
    text = (tmp_path / "mine.py").read_text()
    assert "LEARNING_RATE = 0.25" in text
    assert messages[-1].startswith(f"The {EXPORTS[target].title} was saved in {tmp_path / 'mine.py'}: ")
    assert Path(str(asked[0][2])).name == f"xor{EXPORTS[target].suffix}"


def test_data_that_lies_beside_the_experiment_is_found(window, driver, messages, tmp_path, monkeypatch):
    window.files.open(experiment_beside_its_data(tmp_path))
    driver.wait_for(lambda: window.session.dataset is not None and window.session.dataset.title == "mine.csv")
    choose(monkeypatch, tmp_path / "script.py")
    window.commands["export_numpy"].trigger()
    driver.wait_for(lambda: bool(messages))
    assert "was saved" in messages[-1] and (tmp_path / "script.npz").is_file()


def test_a_notebook_is_written(window, driver, messages, tmp_path, monkeypatch):
    choose(monkeypatch, tmp_path / "mine.ipynb")
    window.commands["export_notebook"].trigger()
    driver.wait_for(lambda: bool(messages))
    assert json.loads((tmp_path / "mine.ipynb").read_text())["nbformat"] == 4


def test_what_a_target_has_not_is_told_before_anybody_is_asked_where_to(driver, monkeypatch):
    window = driver.open(with_settings(example("digits-mlp"), ["model={ kind = 'rbm', hidden = 8 }"]))
    said: list[str] = []
    window.session.message.connect(said.append)
    window.files.message.connect(said.append)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("asked"))
    window.commands["export_keras"].trigger()
    assert said == ["model.kind: a Keras script has no model of the kind rbm; it has mlp, cnn, autoencoder, linear_svm"]


def test_a_folder_that_cannot_be_written_to_is_one_sentence(window, driver, messages, tmp_path, monkeypatch):
    choose(monkeypatch, tmp_path / "nowhere" / "mine.py")
    window.commands["export_torch"].trigger()
    driver.wait_for(lambda: bool(messages))
    assert "nowhere" in messages[-1] and "Traceback" not in messages[-1]


def test_who_chooses_no_file_gets_none(window, messages, tmp_path, monkeypatch):
    choose(monkeypatch, None)
    window.commands["export_numpy"].trigger()
    assert not messages
    assert not list(tmp_path.glob("*.py"))


def test_who_cancels_gets_no_script(window, driver, messages, tmp_path, monkeypatch):
    def slow(source, target, output, report):
        while True:
            report("reading", float("nan"))

    choose(monkeypatch, tmp_path / "never.py")
    monkeypatch.setattr(script_export, "written", slow)
    job = script_export.export_script(window, "numpy")
    cancelled: list[bool] = []
    job.cancelled.connect(lambda: cancelled.append(True))
    job.cancel()
    driver.wait_for(lambda: bool(cancelled))
    assert not messages
    assert not list(tmp_path.glob("*.py"))
