"""Saving before leaving: nothing goes before the worker has said that the model is safe."""

import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from nnlab.errors import RunStoreError
from nnlab.experiments.experiment import load_experiment, save_experiment
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.model_file import load_model, parameters_sha256
from nnlab.experiments.places import runs_folder
from nnlab.resources import resource
from nnlab.ui import files, worked_run
from nnlab.ui.figure.dialog import FigureDialog
from nnlab.ui.files import free_path
from nnlab.ui.main_window import MainWindow
from nnlab.ui.opened import Opened
from tests.ui.conftest import Driver, example


class Person:
    """Answers questions, and says where to save."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[str] = []
        self.asked: list[str] = []
        self.questions: list[str] = []
        self.offered: list[str] = []
        self.chooses: Path | None = None
        monkeypatch.setattr(QMessageBox, "exec", lambda box: self._answer(box))
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: self._choose(*asked))

    def _answer(self, box: QMessageBox) -> QMessageBox.StandardButton:
        self.asked.append(box.text())
        self.questions.append(box.informativeText())
        return getattr(QMessageBox.StandardButton, self.answers.pop(0))

    def _choose(self, window: object, title: str, offered: str, kinds: str) -> tuple[str, str]:
        self.offered.append(Path(offered).name)
        return str(self.chooses or ""), kinds.split(";;")[0]


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    # Whatever is not saved is asked about.
    monkeypatch.setattr(files, "MOMENT_SECONDS", 0.0)
    return Person(monkeypatch)


@pytest.fixture
def trained(digits: MainWindow, driver: Driver) -> MainWindow:
    driver.finish(digits)
    return digits


def is_open(window: MainWindow) -> bool:
    return window.isVisible() and window.session._link._thread.isRunning()


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("fault", ["a folder", "a missing folder", "no space"])
def test_closing_stays_open_when_the_model_cannot_be_saved(
    trained: MainWindow, driver: Driver, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    (tmp_path / "folder.safetensors").mkdir()
    names = {"a folder": "folder.safetensors", "a missing folder": "none/m.safetensors", "no space": "m.safetensors"}
    person.chooses, person.answers = tmp_path / names[fault], ["Save"]
    if fault == "no space":
        monkeypatch.setattr("os.fsync", full_disk)
    assert not trained.close()
    driver.wait_for(lambda: "not saved" in trained.notice.text)
    assert is_open(trained) and not trained.session.model_is_saved
    assert trained.files.recent == [] and not trained.session.saving.is_busy
    # It can be tried again, elsewhere.
    monkeypatch.undo()
    second = Person(monkeypatch)
    monkeypatch.setattr(files, "MOMENT_SECONDS", 0.0)
    second.chooses, second.answers = tmp_path / "good.safetensors", ["Save"]
    trained.close()
    driver.wait_for(lambda: not is_open(trained))
    assert load_model(tmp_path / "good.safetensors").step == trained.session.runs.present.saved_moment.step


def test_closing_with_save_goes_on_when_the_model_is_written(
    trained: MainWindow, driver: Driver, person: Person, tmp_path: Path
) -> None:
    person.chooses, person.answers = tmp_path / "m.safetensors", ["Save"]
    checksum = parameters_sha256(trained.session._link.worker._run.model)
    assert not trained.close()
    driver.wait_for(lambda: not is_open(trained))
    assert parameters_sha256(load_model(tmp_path / "m.safetensors").model) == checksum
    assert trained.files.recent == [tmp_path / "m.safetensors"]
    assert len(person.asked) == 1


def test_closing_while_training_saves_the_last_step_and_asks_once(driver: Driver, person: Person, tmp_path: Path) -> None:
    window = driver.open(example("digits-mlp", epochs=100_000))
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.step > 20)
    person.chooses, person.answers = tmp_path / "m.safetensors", ["Save"]
    assert not window.close()
    driver.wait_for(lambda: not is_open(window))
    assert load_model(tmp_path / "m.safetensors").step == window.session.progress.step
    assert len(person.asked) == 1


def test_opening_another_file_waits_for_the_save_and_stays_when_that_fails(
    trained: MainWindow, driver: Driver, person: Person, tmp_path: Path
) -> None:
    session, number = trained.session, trained.session.progress.step
    person.chooses, person.answers = tmp_path / "none" / "m.safetensors", ["Save"]
    trained.files.open(resource("examples", "xor.toml"))
    driver.wait_for(lambda: "not saved" in trained.notice.text)
    assert session.experiment.name == "digits-mlp" and session.progress.step == number
    assert trained.files.recent == []
    person.chooses, person.answers = tmp_path / "m.safetensors", ["Save"]
    trained.files.open(resource("examples", "xor.toml"))
    driver.wait_for(lambda: session.running.name == "xor")
    assert load_model(tmp_path / "m.safetensors").step == number
    assert trained.files.recent == [resource("examples", "xor.toml").resolve(), tmp_path / "m.safetensors"]


def test_closing_while_a_save_is_under_way_waits_for_it(
    trained: MainWindow, driver: Driver, person: Person, tmp_path: Path
) -> None:
    trained.session.save_model(tmp_path / "first.safetensors")
    assert not trained.close() and is_open(trained)
    driver.wait_for(lambda: not is_open(trained))
    assert (tmp_path / "first.safetensors").exists() and person.asked == []


def test_who_does_not_wait_for_a_save_is_asked(trained: MainWindow, person: Person, tmp_path: Path) -> None:
    trained.session.save_model(tmp_path / "first.safetensors")
    assert not trained.close()
    person.answers = ["Cancel", "Discard", "Discard"]
    assert not trained.close() and is_open(trained)
    assert trained.close()
    assert "still being saved" in person.asked[0]


def test_of_two_saves_in_a_row_each_is_heard_of(trained: MainWindow, driver: Driver, tmp_path: Path) -> None:
    heard: list[tuple[str, bool]] = []
    trained.session.save_model(tmp_path / "none" / "m.safetensors", lambda saved: heard.append(("first", saved)))
    trained.session.save_model(tmp_path / "m.safetensors", lambda saved: heard.append(("second", saved)))
    driver.wait_for(lambda: len(heard) == 2)
    assert heard == [("first", False), ("second", True)] and trained.session.model_is_saved


def test_what_is_trained_after_a_save_is_not_saved(driver: Driver, tmp_path: Path) -> None:
    window = driver.open(example("digits-mlp", epochs=100_000))
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.step > 0)
    with driver.qtbot.waitSignal(window.session.saved_changed, timeout=60_000):
        window.session.save_model(tmp_path / "m.safetensors")
    saved = load_model(tmp_path / "m.safetensors")
    step = saved.step
    # Every step is in its curves, also those of which the window had not heard.
    assert np.array_equal(saved.history.steps["step"].values, np.arange(1, step + 1))
    driver.wait_for(lambda: window.session.progress.step > step)
    assert not window.session.model_is_saved


def test_a_model_that_cannot_be_measured_is_saved_all_the_same(
    trained: MainWindow, driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(run: object) -> None:
        raise MemoryError

    monkeypatch.setattr(worked_run, "measure", measure)
    with driver.qtbot.waitSignal(trained.session.saved_changed, timeout=60_000):
        trained.session.save_model(tmp_path / "m.safetensors")
    assert load_model(tmp_path / "m.safetensors").metrics == {}


def test_where_the_model_was_saved_is_told(trained: MainWindow, driver: Driver, person: Person, tmp_path: Path) -> None:
    person.chooses = tmp_path / "m.safetensors"
    trained.commands["save_model"].trigger()
    driver.wait_for(lambda: trained.notice.text == f"The model was saved in {tmp_path / 'm.safetensors'}.")
    assert load_model(tmp_path / "m.safetensors").step == trained.session.progress.step


def test_the_offered_name_is_no_other_files(trained: MainWindow, driver: Driver, person: Person, tmp_path: Path) -> None:
    trained.memory.setValue("folder", str(tmp_path))
    (tmp_path / "digits-mlp.safetensors").write_bytes(b"another run's")
    (tmp_path / "curves.png").write_bytes(b"another picture")
    trained.files.save_model()
    trained.export_curves()
    trained.findChild(FigureDialog).save_button.click()
    assert person.offered == ["digits-mlp-2.safetensors", "curves-2.png"]
    # Of the same run it is the same file, about which the dialog asks.
    with driver.qtbot.waitSignal(trained.session.saved_changed, timeout=60_000):
        trained.session.save_model(tmp_path / "mine.safetensors")
    trained.files.save_model()
    with driver.qtbot.waitSignal(trained.session.prepared, timeout=60_000):
        trained.session.reset()
    trained.files.save_model()
    assert person.offered[2:] == ["mine.safetensors", "digits-mlp-2.safetensors"]


def test_a_model_is_not_written_under_another_kinds_ending(
    trained: MainWindow, driver: Driver, person: Person, tmp_path: Path
) -> None:
    for typed, written in (("a.toml", "a.toml.safetensors"), ("B.SAFETENSORS", "B.SAFETENSORS")):
        person.chooses = tmp_path / typed
        with driver.qtbot.waitSignal(trained.session.saved_changed, timeout=60_000):
            trained.files.save_model()
        assert load_model(tmp_path / written).experiment == trained.session.running


def test_a_free_path_is_one_that_is_not_there(tmp_path: Path) -> None:
    for expected in ("a.csv", "a-2.csv", "a-3.csv"):
        assert free_path(tmp_path, "a", ".csv") == tmp_path / expected
        (tmp_path / expected).touch()


def test_what_took_a_moment_is_not_asked_about(trained: MainWindow, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOMENT_SECONDS", 1e9)
    assert trained.close() and person.asked == []


def test_a_run_that_was_put_aside_is_asked_about_at_the_end(trained: MainWindow, driver: Driver, person: Person) -> None:
    with driver.qtbot.waitSignal(trained.session.prepared, timeout=60_000):
        trained.session.reset()
    person.answers = ["Cancel", "Discard"]
    assert not trained.close() and is_open(trained)
    assert trained.close() and "earlier run of this window had trained" in person.asked[0]
    # By the words that the menu has.
    words = trained.commands["bring_back"].text().replace("&", "")
    assert f"Run > {words} has it again" in person.questions[0]


@pytest.mark.parametrize(("answer", "closes"), [("Discard", True), ("Cancel", False)])
def test_who_has_trained_is_asked_before_it_is_lost(trained: MainWindow, person: Person, answer: str, closes: bool) -> None:
    person.answers = [answer]
    assert trained.close() is closes
    assert person.asked == ["The trained model is not saved."]


def test_an_answer_about_the_experiment_holds_for_the_whole_leaving(
    trained: MainWindow, driver: Driver, person: Person, tmp_path: Path
) -> None:
    session = trained.session
    session.edit(replace(session.experiment, name="changed"))
    person.answers, person.chooses = ["Discard", "Save"], tmp_path / "kept.safetensors"
    assert not trained.close()
    driver.wait_for(lambda: not is_open(trained))
    assert len(person.asked) == 2 and person.chooses.exists()


def test_an_answer_about_the_experiment_holds_for_no_other_leaving(trained: MainWindow, person: Person) -> None:
    session = trained.session
    session.edit(replace(session.experiment, name="changed"))
    person.answers = ["Discard", "Cancel", "Discard", "Discard"]
    assert not trained.close()
    assert trained.close() and len(person.asked) == 4


def test_of_two_files_opened_while_a_save_is_under_way_the_later_one_stays(
    trained: MainWindow, driver: Driver, person: Person, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        save_experiment(replace(trained.session.experiment, name=name), tmp_path / f"{name}.toml")
    trained.session.save_model(tmp_path / "model.safetensors")
    person.answers = ["Discard", "Discard"]
    paths = [tmp_path / f"{name}.toml" for name in ("one", "two")]
    one, two = (Opened(load_experiment(path), path) for path in paths)
    trained.files.use(one)
    trained.files.use(two)
    driver.wait_for(lambda: not trained.session.saving.is_busy)
    driver.settle(trained)
    assert trained.session.experiment.name == "two"


class Kept:
    """A window whose runs are in the store, with one that has been trained."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.said = driver, []
        self.journal = JournalWriter(runs_folder(), self.said.append)
        self.window = driver.open(example("digits-mlp", epochs=3), journal=self.journal)
        driver.finish(self.window)
        self.journal.flush()
        driver.wait_for(lambda: self.window.session.progress.number == 1)

    @property
    def checksum(self) -> str:
        return parameters_sha256(self.window.session._link.worker._run.model)


@pytest.fixture
def kept(driver: Driver, person: Person) -> Iterator[Kept]:
    kept = Kept(driver)
    yield kept
    driver.close(kept.window)
    kept.journal.close()


def test_of_a_run_that_is_kept_nobody_is_asked_and_nothing_is_lost(kept: Kept, person: Person, driver: Driver) -> None:
    session, trained = kept.window.session, kept.checksum
    session.change_parameter("dense1.weight", (0, 1), 0.5)
    driver.wait_for(lambda: kept.checksum != trained)
    driver.settle(kept.window)
    edited = kept.checksum
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        kept.window.files.open(resource("examples", "xor.toml"))
    driver.finish(kept.window)
    driver.wait_for(lambda: session.progress.number == 2)
    assert kept.window.close() and person.asked == []
    kept.journal.close()
    assert kept.said == []
    store = open_store(runs_folder())[0]
    record = store.run(1)
    assert parameters_sha256(run_at(store, record, record.step, []).run.model) == edited


def test_a_run_of_which_something_could_not_be_written_is_asked_about(
    kept: Kept, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RunStoreError("the disk is full")

    monkeypatch.setattr(RunStore, "write", fail)
    kept.window.session.change_parameter("dense1.weight", (0, 1), 0.5)
    kept.driver.wait_for(lambda: bool(kept.said))
    person.answers = ["Cancel"]
    assert not kept.window.close()
    assert person.asked == ["The trained model is not saved."]


def test_an_edit_of_a_run_that_is_only_looked_at_is_asked_about(kept: Kept, person: Person, driver: Driver) -> None:
    """It is written when the run goes on."""
    session = kept.window.session
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        kept.window.files.open(resource("examples", "xor.toml"))
    kept.window.run_bar.epoch.click()
    driver.wait_for(lambda: session.progress.epoch == 1 and not session.progress.is_running)
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        kept.window.files.open(resource("examples", "digits-mlp.toml"))
    session.leave_aside((2,), lambda: session.open_run(2))
    driver.wait_for(lambda: session.progress.number == 2 and session.progress.step > 0)
    driver.settle(kept.window)
    session.change_parameter("dense1.weight", (0, 1), 0.5)
    driver.wait_for(lambda: not session.model_is_saved)
    person.answers = ["Cancel"]
    assert not kept.window.close()
    assert person.asked == ["The trained model is not saved."]
