"""What was learned, for other programs, from the window: the run as it is seen, told of, and cancelled."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton

from nnlab.experiments.assembly import assemble
from nnlab.experiments.exports.onnx import writing
from nnlab.experiments.imports.importing import begun_from, weights_for
from nnlab.ui import model_export
from nnlab.ui.main_window import MainWindow
from nnlab.ui.widgets import job_dialog
from tests.ui.conftest import Driver, example


@pytest.fixture
def window(driver: Driver) -> MainWindow:
    return driver.open(example("xor", epochs=2))


@pytest.fixture
def messages(window: MainWindow) -> list[str]:
    said: list[str] = []
    window.session.message.connect(said.append)
    window.files.message.connect(said.append)
    return said


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | None) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path) if path else "", "ONNX (*.onnx)"))


@pytest.mark.peers
def test_the_run_as_it_stands_is_written_and_the_largest_difference_told(window, driver, messages, tmp_path, monkeypatch):
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    from tests.experiments.exports.onnx.runtime import model_of

    driver.finish(window)
    choose(monkeypatch, tmp_path / "mine")
    window.commands["export_onnx"].trigger()
    driver.wait_for(lambda: bool(messages))
    facts = {entry.key: entry.value for entry in model_of((tmp_path / "mine.onnx").read_bytes()).metadata_props}
    assert facts["step"] == str(window.session.progress.step) and facts["model"] == "mlp"
    assert f"saved in {tmp_path / 'mine.onnx'}. ONNX Runtime answers as nnlab does on 200 test examples" in messages[-1]


def test_nobody_is_asked_where_to_while_the_package_is_missing(window, messages, monkeypatch):
    monkeypatch.setattr(model_export, "is_installed", lambda name: False)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: pytest.fail("asked"))
    window.commands["export_onnx"].trigger()
    assert messages == ["ONNX is not installed; pip install onnx onnxruntime"]


def test_who_cancels_gets_no_file(window, driver, messages, tmp_path, monkeypatch):
    def slow(trained, path, folders, report):
        while True:
            report("writing the whole", float("nan"))

    monkeypatch.setattr(writing, "write_onnx", slow)
    monkeypatch.setattr(job_dialog, "_MILLISECONDS", 0)
    model_export.write_beside(window.session, window.files, model_export.MODEL_EXPORTS[0], tmp_path / "never.onnx")
    (dialog,) = window.findChildren(job_dialog.JobDialog)
    driver.wait_for(dialog.isVisible)
    dialog.findChild(QPushButton).click()
    driver.wait_for(lambda: not window.findChildren(job_dialog.JobDialog))
    assert not list(tmp_path.glob("*.onnx")) and not messages


def test_the_halves_of_an_autoencoder_are_named(tmp_path):
    found = {"encoder": "a-encoder.onnx", "decoder": "a-decoder.onnx", "not_checked": "ONNX Runtime is not installed"}
    text = model_export.told(Path("a.onnx"), found)
    assert text == (
        "The model was saved in a.onnx, with a-encoder.onnx and a-decoder.onnx beside it. "
        "It was not checked: ONNX Runtime is not installed."
    )


@pytest.mark.parametrize("target", ["torch-weights", "npz"])
def test_weights_alone_come_back_as_they_are_seen(target, window, driver, messages, tmp_path, monkeypatch):
    driver.finish(window)
    ending = ".npz" if target == "npz" else ".safetensors"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / f"mine{ending}"), f"Weights (*{ending})"))
    window.commands[f"export_{target}"].trigger()
    driver.wait_for(lambda: bool(messages))
    assert messages[-1] == f"4 tensors were saved in {tmp_path / f'mine{ending}'}."
    run = window.session._link.worker._run
    again = assemble(example("xor", epochs=2), [])
    begun = begun_from(again, weights_for(again.model, (2,), tmp_path / f"mine{ending}"))
    assert begun.numbers.parameters.tobytes() == run.model.parameters.values.tobytes()
