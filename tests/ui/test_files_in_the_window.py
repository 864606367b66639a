"""Open, save, export, drop, close: with real files, good and bad."""

import csv
import threading
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox

from nnlab.datasets import Dataset, DatasetSettings
from nnlab.experiments.assembly import load_data
from nnlab.experiments.experiment import Experiment, load_experiment, save_experiment
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import ReLU, Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.resources import resource
from nnlab.training import TrainingSettings
from nnlab.ui import loading
from nnlab.ui.activity import Activity
from nnlab.ui.exporting import export
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example


def test_an_experiment_is_saved_and_opened_again(digits: MainWindow, driver: Driver, tmp_path: Path) -> None:
    digits.training_panel._form.editor("epochs").setValue(7)
    assert not digits.session.is_saved
    assert digits.session.save(tmp_path / "mine.toml")
    assert digits.session.is_saved
    saved = digits.session.experiment
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.files.open(resource("examples", "xor.toml"))
    assert digits.session.experiment.dataset.source.name == "xor"
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.files.open(tmp_path / "mine.toml")
    assert digits.session.experiment == saved
    assert digits.files.recent[0] == tmp_path / "mine.toml"


def test_a_model_is_saved_and_goes_on_where_it_was(driver: Driver, tmp_path: Path) -> None:
    window = driver.open(example("digits-mlp", epochs=6, keep="last"))
    for epoch in (1, 2, 3):
        window.run_bar.epoch.click()
        driver.wait_for(lambda epoch=epoch: window.session.progress.step == 41 * epoch)
    number = window.session.progress.step
    with driver.qtbot.waitSignal(window.session.saved_changed, timeout=60_000):
        window.session.save_model(tmp_path / "half.safetensors")
    driver.finish(window)
    straight = window.session._link.worker._run.model.parameters.values.copy()

    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000) as heard:
        window.files.open(tmp_path / "half.safetensors")
    assert heard.args[0].moment.step == number
    driver.wait_for(lambda: window.session.progress.step == number)
    window.session.run_or_pause()
    driver.wait_for(lambda: window.session.progress.activity is Activity.FINISHED)
    assert np.array_equal(window.session._link.worker._run.model.parameters.values, straight)


def test_reset_while_a_model_that_is_opened_waits_for_its_data_is_a_fresh_run_of_it(
    driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = driver.open(example("xor", epochs=3))
    session = window.session
    fresh = session._link.worker._run.model.parameters.values.copy()
    driver.finish(window)
    with driver.qtbot.waitSignal(session.saved_changed, timeout=60_000):
        session.save_model(tmp_path / "trained.safetensors")
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        window.files.open(resource("examples", "digits-mlp.toml"))
    # Data that was there just before would be there at once.
    session.loading._kept.clear()
    may_load = threading.Event()

    def load_when_told(*given: Any) -> Dataset:
        assert may_load.wait(60)
        return load_data(*given)

    monkeypatch.setattr(loading, "load_data", load_when_told)
    with driver.qtbot.waitSignal(session.was_read, timeout=60_000):
        window.files.open(tmp_path / "trained.safetensors")
    assert not session.situation.has_data
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        session.reset()
        session.reset()
        may_load.set()
    driver.settle(window)
    assert session.progress.step == 0 and session.experiment.name == "xor"
    assert np.array_equal(session._link.worker._run.model.parameters.values, fresh)


def test_a_finished_model_that_is_opened_is_that_of_the_epoch_that_was_kept(driver: Driver, tmp_path: Path) -> None:
    window = driver.open(example("digits-mlp", epochs=8, learning_rate=0.5))
    driver.finish(window)
    kept = window.session.progress.moment.kept_epoch
    assert 0 < kept < 8
    figure = window.run_bar._figure.text()
    with driver.qtbot.waitSignal(window.session.saved_changed, timeout=60_000):
        window.session.save_model(tmp_path / "whole.safetensors")
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        window.files.open(tmp_path / "whole.safetensors")
    driver.wait_for(lambda: window.session.progress.moment.kept_epoch == kept)
    view = driver.see(window, "confusion")
    assert f"as of epoch {kept}, restored" in view.readout.text()
    # There is nothing left to train, and the file knows how good the best epoch was.
    driver.wait_for(lambda: window.session.progress.activity is Activity.FINISHED)
    bar = window.run_bar
    assert bar.run.text() == "Continue"
    assert bar.line.where.text() == f"complete: model of epoch {kept} (best validation loss)"
    assert (bar._caption.text(), bar._figure.text()) == ("validation accuracy", figure)
    driver.finish(window)
    # Of the epoch that was put back, though it may have been before the file was opened, and not of the last one.
    assert bar._figure.text() == f"{window.session._link.worker._run.best.validation.score:.1%}"


def test_what_was_said_of_one_experiment_is_not_said_of_the_next(digits: MainWindow, driver: Driver, tmp_path: Path) -> None:
    digits.files.open(tmp_path / "data.csv")
    assert "for data choose file under Dataset" in digits.notice.text and digits.notice.isVisible()
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.files.open(resource("examples", "xor.toml"))
    assert digits.notice.isHidden()


def test_a_model_whose_encoder_has_changed_is_told_and_can_be_trained_anew(driver: Driver, tmp_path: Path) -> None:
    def encoder(seed: int) -> None:
        model = AutoencoderSettings((Dense(12), ReLU(), Code(), Dense(64), Sigmoid()))
        run_experiment(Experiment("coder", DatasetSettings(), model, TrainingSettings(epochs=1, seed=seed)), [], tmp_path, 1)

    encoder(0)
    codes = DatasetSettings(encoder=str(tmp_path / "coder.safetensors"))
    training = TrainingSettings(epochs=2)
    run_experiment(Experiment("machine", codes, LinearSVMSettings(), training), [], tmp_path, 1)
    encoder(1)
    window = driver.open(example("digits-mlp", epochs=1))
    window.files.open(tmp_path / "machine.safetensors")
    driver.wait_for(lambda: "coder.safetensors has changed" in window.notice.text)
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000) as heard:
        window.session.reset()
    assert heard.args[0].moment.step == 0


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("broken.toml", b"[dataset\n", "not valid TOML"),
        ("typo.toml", b"[training]\nlearning_rat = 0.1\n", "did you mean 'learning_rate'"),
        ("type.toml", b'[training]\nepochs = "many"\n', "not a whole number"),
        ("range.toml", b"[training]\nmomentum = 1.5\n", "out of range"),
        ("binary.toml", b"\xff\xfe\x00", "not a text file"),
        ("short.safetensors", b"\x10", "truncated"),
        ("foreign.safetensors", b"\x02\0\0\0\0\0\0\0{}", "not an nnlab model"),
        ("picture.png", b"", "nnlab opens experiments"),
    ],
)
def test_a_bad_file_is_one_sentence_and_changes_nothing(
    digits: MainWindow, driver: Driver, tmp_path: Path, name: str, content: bytes, word: str
) -> None:
    before = digits.session.experiment
    (tmp_path / name).write_bytes(content)
    digits.files.open(tmp_path / name)
    driver.wait_for(lambda: word in digits.notice.text and name in digits.notice.text)
    assert "\n" not in digits.notice.text
    assert digits.session.experiment == before
    driver.finish(digits)
    assert digits.session.progress.activity is Activity.FINISHED


def test_an_experiment_whose_data_is_missing_leaves_everything_as_it_was(
    digits: MainWindow, driver: Driver, no_data
) -> None:
    before = digits.session.experiment
    digits.files.open(resource("examples", "mnist-mlp.toml"))
    driver.wait_for(lambda: "MNIST was not found" in digits.download_notice.text)
    assert digits.session.experiment == before
    assert digits.session.is_saved
    assert digits.run_bar.run.isEnabled()


def test_saving_where_nothing_can_be_saved_is_told(digits: MainWindow, driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not digits.session.save(tmp_path / "file" / "x.toml")
    assert "not saved" in digits.notice.text
    digits.notice.hide()
    digits.session.save_model(tmp_path / "file" / "x.safetensors")
    driver.wait_for(lambda: "not saved" in digits.notice.text)


def test_files_can_be_dropped_on_the_window(digits: MainWindow, driver: Driver) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(resource("examples", "xor.toml")))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(9, 9).toPoint(), Qt.DropAction.CopyAction, mime, buttons, keys)
    digits.dragEnterEvent(enter)
    assert enter.isAccepted()
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))
    assert digits.session.experiment.dataset.source.name == "xor"


@pytest.mark.parametrize(("answer", "closes"), [("Discard", True), ("Cancel", False), ("Save", True)])
def test_closing_asks_about_unsaved_changes(
    digits: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, closes: bool
) -> None:
    digits.training_panel._form.editor("epochs").setValue(9)
    asked = []
    monkeypatch.setattr(
        QMessageBox, "exec", lambda box: asked.append(box.text()) or getattr(QMessageBox.StandardButton, answer)
    )
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(tmp_path / "kept.toml"), "Experiment (*.toml)"))
    assert digits.close() is closes
    assert len(asked) == 1 and "not saved" in asked[0]
    if answer == "Save":
        assert load_experiment(tmp_path / "kept.toml").training.epochs == 9


def test_closing_without_changes_asks_nothing(digits: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda box: pytest.fail("asked"))
    assert digits.close()


def test_the_layout_and_theme_come_back(driver: Driver) -> None:
    first = driver.open(example("xor", epochs=1))
    first.appearance.choose("dark")
    first.docks[1].hide()
    driver.close(first)
    second = driver.open(example("xor", epochs=1))
    assert second.appearance.mode == "dark"
    assert second.docks[1].isHidden() and second.docks[0].isVisible()


@pytest.fixture
def trained(driver: Driver) -> MainWindow:
    window = driver.open(example("xor", epochs=3))
    driver.finish(window)
    return window


@pytest.mark.parametrize("which", ["boundary", "weights", "confusion", "curves"])
def test_every_picture_is_exported_in_every_kind(trained: MainWindow, driver: Driver, tmp_path: Path, which: str) -> None:
    if which == "curves":
        view = trained.curves
    else:
        view = trained.stage.view(which)
        trained.stage.show_view(view.probe)
        driver.wait_for(lambda: view.answer is not None)
    for kind in (".png", ".svg", ".pdf", ".csv"):
        export(view, tmp_path / f"{which}{kind}")
    root = ElementTree.fromstring((tmp_path / f"{which}.svg").read_text())
    assert len(list(root.iter())) > 20
    assert (tmp_path / f"{which}.pdf").read_bytes().startswith(b"%PDF")
    with (tmp_path / f"{which}.csv").open() as file:
        rows = list(csv.reader(file))
    assert len({len(row) for row in rows}) == 1 and len(rows) > 1


def test_exported_weights_are_the_numbers(trained: MainWindow, driver: Driver, tmp_path: Path) -> None:
    view = trained.stage.view("weights")
    trained.stage.show_view(view.probe)
    driver.wait_for(lambda: view.answer is not None)
    export(view, tmp_path / "weights.csv")
    table = np.loadtxt(tmp_path / "weights.csv", delimiter=",", skiprows=1)
    run = trained.session._link.worker._run
    weight = run.model.parameters.view("dense1.weight")
    assert np.allclose(table[:, 3].reshape(8, 2), weight.T)


def test_an_unknown_ending_is_told(trained: MainWindow, tmp_path: Path) -> None:
    trained.files.export(trained.curves, tmp_path / "curves.bmp")
    assert ".png, .svg, .pdf, .csv" in trained.notice.text


def test_a_saved_model_from_the_window_holds_its_experiment(trained: MainWindow, driver: Driver, tmp_path: Path) -> None:
    with driver.qtbot.waitSignal(trained.session.saved_changed, timeout=60_000):
        trained.session.save_model(tmp_path / "m.safetensors")
    saved = load_model(tmp_path / "m.safetensors")
    assert saved.experiment == trained.session.experiment
    assert saved.step == trained.session.progress.step


def test_saving_over_a_file_keeps_it_when_that_fails(trained: MainWindow, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "old.toml"
    save_experiment(example("digits-mlp"), path)
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert not trained.session.save(path)
    assert "No space left on device" in trained.notice.text
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["old.toml"]
    monkeypatch.undo()
    assert trained.session.save(path)
    assert load_experiment(path) == replace(trained.session.experiment)


def test_dialogs_begin_where_a_person_saved_last_and_never_among_the_examples(
    digits: MainWindow, driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[Path] = []

    def choose(name: str) -> None:
        def answer(parent: object, title: str, path: str, filters: str) -> tuple[str, str]:
            offered.append(Path(path))
            return name, ""

        monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)

    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda place: str(tmp_path / "documents"))
    for name in ("documents", "figures", "work"):
        (tmp_path / name).mkdir()
    examples = resource("examples")
    # As an earlier version left it.
    digits.memory.setValue("folder", str(examples))
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.files.open(examples / "xor.toml")
    choose("")
    digits.files.ask_for_film("Network", ".gif")
    digits.files.save_as()
    assert {path.parent for path in offered} == {tmp_path / "documents"}
    choose(str(tmp_path / "work" / "mine.toml"))
    digits.files.save_as()
    choose(str(tmp_path / "figures" / "one.gif"))
    digits.files.ask_for_film("Network", ".gif")
    assert offered[-1].parent == tmp_path / "work"
    offered.clear()
    choose("")
    digits.files.ask_for_film("Network", "")
    digits.files.save_model()
    assert [path.parent.name for path in offered] == ["figures", "work"]
    assert digits.files.folder == tmp_path / "work"
