"""Weights from elsewhere in the window: the table of both, one edit that undo takes back, a run that is had again."""

import os
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from nnlab.experiments.assembly import assemble
from nnlab.experiments.imports.importing import begun_from, weights_for
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.places import runs_folder
from nnlab.ui.importing.dialog import WeightsDialog
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example
from tests.ui.traveller import Traveller

XOR = example("xor", epochs=4)


def numbers(seed: int = 1) -> dict[str, np.ndarray]:
    """Other weights for XOR's network than its seed draws."""
    shapes, rng = assemble(XOR, []).model.parameters.shapes, np.random.default_rng(seed)
    return {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    np.savez(tmp_path / "mine.npz", **numbers())
    return tmp_path / "mine.npz"


@pytest.fixture
def window(driver: Driver) -> MainWindow:
    return driver.open(XOR)


@pytest.fixture
def messages(window: MainWindow) -> list[str]:
    said: list[str] = []
    window.session.message.connect(said.append)
    return said


def asked(window: MainWindow, driver: Driver, path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightsDialog:
    """The dialog that comes for a file."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    window.commands["import_weights"].trigger()
    driver.wait_for(lambda: bool(window.findChildren(WeightsDialog)))
    return window.findChildren(WeightsDialog)[-1]


def held(window: MainWindow) -> dict[str, np.ndarray]:
    """The parameters of the worker's run."""
    parameters = window.session._link.worker._run.model.parameters
    return {name: parameters.view(name).copy() for name in parameters.shapes}


def is_at(window: MainWindow, wanted: dict[str, np.ndarray]) -> bool:
    return window.session._link.worker._run is not None and all(
        np.array_equal(tensor, wanted[name]) for name, tensor in held(window).items()
    )


def import_all(window: MainWindow, driver: Driver, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(window, driver, path, monkeypatch).accept_button.click()
    driver.wait_for(lambda: window.session.runs.present.begun != "")
    driver.settle(window)


def test_both_stand_beside_each_other_and_the_run_begins_from_them(window, driver, weights, monkeypatch):
    dialog = asked(window, driver, weights, monkeypatch)
    cells = [[dialog.table.item(row, column).text() for column in range(6)] for row in range(dialog.table.rowCount())]
    names = list(assemble(XOR, []).model.parameters.shapes)
    assert [row[1] for row in cells] == [row[3] for row in cells] and sorted(row[1] for row in cells) == sorted(names)
    assert {row[0] for row in cells} == {"✓"} and "as nnlab has them, matched by name" in dialog.summary.text()
    dialog.accept_button.click()
    driver.wait_for(lambda: is_at(window, numbers()))
    assert window.session.progress.step == 0 and not window.session.situation.is_pending


def test_undo_has_the_seeds_own_weights_again_and_redo_the_imported_ones(window, driver, weights, monkeypatch):
    drawn = held(window)
    import_all(window, driver, weights, monkeypatch)
    assert window.commands["undo"].text() == "Undo: import weights from mine.npz"
    window.commands["undo"].trigger()
    driver.wait_for(lambda: is_at(window, drawn))
    assert window.commands["redo"].text() == "Redo: import weights from mine.npz"
    window.commands["redo"].trigger()
    driver.wait_for(lambda: is_at(window, numbers()))
    window.commands["undo"].trigger()
    driver.wait_for(lambda: is_at(window, drawn))


def test_a_run_that_has_learned_comes_back_where_it_was(window, driver, weights, monkeypatch):
    driver.finish(window)
    learned, step = held(window), window.session.progress.step
    import_all(window, driver, weights, monkeypatch)
    assert window.session.progress.step == 0
    window.commands["undo"].trigger()
    driver.wait_for(lambda: window.session.progress.step == step and is_at(window, learned))


def test_an_edit_of_the_model_does_not_throw_them_away_unasked(window, driver, weights, monkeypatch):
    import_all(window, driver, weights, monkeypatch)
    window.session.reset_with_new_seed()
    driver.settle(window)
    driver.wait_for(lambda: window.session.runs.present.begun == "" and not is_at(window, numbers()))
    window.commands["bring_back"].trigger()
    driver.wait_for(lambda: is_at(window, numbers()))


def test_what_does_not_fit_cannot_be_imported_and_says_why(window, driver, tmp_path, monkeypatch):
    np.savez(tmp_path / "other.npz", a=np.zeros((3, 3)), b=np.zeros(3))
    dialog = asked(window, driver, tmp_path / "other.npz", monkeypatch)
    assert not dialog.accept_button.isEnabled() and dialog.problem.isVisible()
    assert "do not fit the model" in dialog.problem.text()
    marks = [dialog.table.item(row, 0).text() for row in range(dialog.table.rowCount())]
    assert marks[0] == "✗" and marks == sorted(marks, reverse=True)
    dialog.reject()
    assert window.session.runs.present.begun == ""


def test_another_convention_is_chosen_in_the_dialog(window, driver, weights, monkeypatch):
    dialog = asked(window, driver, weights, monkeypatch)
    dialog.layouts.setCurrentIndex(dialog.layouts.findText("PyTorch"))
    assert not dialog.accept_button.isEnabled() and "as PyTorch has them" in dialog.summary.text()
    dialog.layouts.setCurrentIndex(0)
    assert dialog.accept_button.isEnabled()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("m.pt", b"\x80\x02x", "never opened"), ("m.npz", b"PK\x03\x04", "damaged"), ("nan.npz", None, "not finite")],
)
def test_a_file_of_no_use_is_told_of_and_changes_nothing(
    name, content, words, window, driver, messages, tmp_path, monkeypatch
):
    path, drawn = tmp_path / name, held(window)
    if content is None:
        np.savez(path, **{key: tensor * np.nan for key, tensor in numbers().items()})
        asked(window, driver, path, monkeypatch).accept_button.click()
    else:
        path.write_bytes(content)
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
        window.commands["import_weights"].trigger()
    driver.wait_for(lambda: bool(messages))
    assert words in messages[-1] and name in messages[-1] and is_at(window, drawn)


def test_a_name_that_is_no_text_is_shown_and_kept_all_the_same(window, driver, tmp_path, monkeypatch):
    path = tmp_path / os.fsdecode(b"<b>odd\xff\n.npz")
    with path.open("wb") as file:
        np.savez(file, **numbers())
    import_all(window, driver, path, monkeypatch)
    (event,) = window.session.progress.events
    assert event.file == "<b>odd??.npz" == window.session.runs.present.begun.removeprefix("import weights from ")


def test_weights_are_imported_while_it_trains(window, driver, weights, monkeypatch):
    window.session.edit(example("xor", epochs=100_000))
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.step > 0)
    import_all(window, driver, weights, monkeypatch)
    driver.wait_for(lambda: is_at(window, numbers()))
    assert not window.session.progress.is_running and window.session.situation.aside


def test_an_experiment_that_was_changed_meanwhile_gets_none(window, driver, weights, messages, monkeypatch):
    dialog = asked(window, driver, weights, monkeypatch)
    window.session.edit(example("xor", epochs=9))
    dialog.accept_button.click()
    driver.wait_for(lambda: bool(messages))
    assert "was changed meanwhile" in messages[-1] and window.session.runs.present.begun == ""


def test_its_record_tells_where_the_weights_came_from_and_its_past_begins_with_them(driver, weights, monkeypatch):
    traveller = Traveller(driver, XOR)
    window = traveller.window
    import_all(window, driver, weights, monkeypatch)
    traveller.train(3)
    traveller.journal.flush()
    store, _ = open_store(runs_folder())
    (record,) = store.runs()
    store.close()
    assert [event[:3] for event in record.imports] == [["weights", 0, "mine.npz"]]
    alone = assemble(XOR, [])
    alone.restore(begun_from(alone, weights_for(alone.model, (2,), weights)))
    for step in (0, 1, 2):
        traveller.go(step)
        seen = []
        job = window.session.start_job("Look", lambda run, report: run.model.parameters.values.copy())
        job.done.connect(lambda answer, seen=seen: seen.append(answer.value))
        driver.wait_for(lambda seen=seen: bool(seen))
        assert seen[0].tobytes() == alone.model.parameters.values.tobytes()
        next(alone)
    traveller.journal.close()
