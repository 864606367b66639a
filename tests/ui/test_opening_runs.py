"""A run of the store in the window: it stands where it stood, and goes on to the same numbers, in its row or as a branch."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings
from nnlab.datasets.files import FileSource
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.deleting import purge
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.ui.main_window import MainWindow
from nnlab.ui.opened import RunStep
from tests.experiments.journal.kept import Kept
from tests.ui.conftest import Driver, example

XOR = example("xor", epochs=12, keep="last")


class Notebook:
    """A window with a store beside it in which a run of 12 epochs was left after 100 steps, as run 1."""

    def __init__(self, driver: Driver, experiment: Experiment = XOR) -> None:
        self.driver, self.said = driver, []
        self.left = Kept(experiment, runs_folder(), steps=100, every=25)
        self.bare = Kept(experiment, runs_folder().parent / "bare").bare
        self.journal = JournalWriter(runs_folder(), self.said.append)
        self.window: MainWindow = driver.open(example("digits-mlp", epochs=2), journal=self.journal)
        self.session = self.window.session

    def open(self, number: int = 1, step: int | None = None) -> None:
        """And wait until it is the run."""
        with self.driver.qtbot.waitSignal(self.session.prepared, timeout=60_000):
            self.session.open_run(number, step)
        self.driver.settle(self.window)

    @property
    def store(self) -> RunStore:
        """With all that was handed over up to now."""
        self.journal.flush()
        return open_store(runs_folder())[0]

    @property
    def parameters(self) -> np.ndarray:
        return self.session._link.worker._run.model.parameters.values.copy()


@pytest.fixture
def notebook(driver: Driver) -> Iterator[Notebook]:
    notebook = Notebook(driver)
    yield notebook
    driver.close(notebook.window)
    notebook.journal.close()
    assert notebook.said == []


def test_a_run_is_opened_where_it_was_left(notebook: Notebook):
    notebook.open()
    session = notebook.session
    assert (session.progress.step, session.progress.number) == (100, 1)
    assert session.experiment == XOR and session.path is None and session.is_saved and session.model_is_saved
    assert session.history.number == 100 and len(session.history.epochs["epoch"]) == 5
    assert session.progress.seconds == pytest.approx(1.0)
    np.testing.assert_array_equal(notebook.parameters, notebook.bare[100])
    assert not notebook.store.is_held(1)


def test_it_is_told_as_a_run_that_is_open_and_the_one_before_as_kept(notebook: Notebook):
    for step, words in ((None, "Run 1 is open."), (40, "Run 1 at step 40 is open.")):
        notebook.window.run_bar.batch.click()
        notebook.driver.wait_for(lambda: notebook.session.has_learned and not notebook.session.progress.is_running)
        notebook.open(step=step)
        assert notebook.window.notice.text == f"{words} The one that was trained is kept."
        assert notebook.window.notice.button.text() == "Bring it back"


def test_it_goes_on_in_its_own_row_to_the_same_numbers(notebook: Notebook):
    notebook.open()
    notebook.driver.finish(notebook.window)
    last = notebook.session.progress.step
    np.testing.assert_array_equal(notebook.parameters, notebook.bare[last])
    (record,) = notebook.store.runs()
    assert (record.number, record.step, record.ending) == (1, last, "all epochs done")
    assert record.seconds > 1.0
    assert notebook.session.progress.number == 1 and notebook.store.is_held(1)


def test_from_a_past_step_it_becomes_a_run_with_a_parent_once_it_is_trained(notebook: Notebook):
    notebook.open(step=40)
    session = notebook.session
    assert (session.progress.step, session.progress.number, session.history.number) == (40, 0, 40)
    assert session.progress.seconds == pytest.approx(0.4)
    np.testing.assert_array_equal(notebook.parameters, notebook.bare[40])
    assert [record.number for record in notebook.store.runs()] == [1]
    notebook.driver.finish(notebook.window)
    notebook.driver.wait_for(lambda: session.progress.number == 2)
    np.testing.assert_array_equal(notebook.parameters, notebook.bare[session.progress.step])
    branch, first = notebook.store.runs()
    assert (branch.number, branch.parent, branch.parent_step) == (2, 1, 40)
    assert (first.step, first.parent) == (100, None)


def test_a_run_that_another_goes_on_with_meanwhile_becomes_a_branch(notebook: Notebook):
    notebook.open()
    lock = notebook.store.hold(1)
    notebook.window.run_bar.batch.click()
    notebook.driver.wait_for(lambda: notebook.session.progress.number == 2)
    assert lock is not None
    lock.release()
    branch, first = notebook.store.runs()
    assert (branch.parent, branch.parent_step, branch.step, first.step) == (1, 100, 101, 100)


def test_a_run_that_has_been_gone_on_with_and_let_go_of_becomes_a_branch(notebook: Notebook):
    notebook.open()
    notebook.store.update(1, step=120)
    notebook.window.run_bar.batch.click()
    notebook.driver.wait_for(lambda: notebook.session.progress.number == 2)
    assert notebook.store.run(2).parent_step == 100
    assert not notebook.store.is_held(1)


def test_a_run_that_is_gone_for_good_meanwhile_begins_one_without_a_parent(notebook: Notebook):
    notebook.open()
    store = notebook.store
    store.set_deleted([1])
    purge(store)
    notebook.window.run_bar.batch.click()
    notebook.driver.wait_for(lambda: notebook.session.progress.number == 2)
    assert [(record.number, record.parent) for record in notebook.store.runs()] == [(2, None)]


def test_a_live_setting_that_is_changed_before_it_goes_on_acts_from_there_and_comes_again(notebook: Notebook):
    notebook.open(step=60)
    session = notebook.session
    slower = replace(session.experiment, training=replace(session.experiment.training, learning_rate=0.01))
    session.edit(slower)
    notebook.driver.settle(notebook.window)
    assert session.progress.step == 60 and not session.situation.needs_reset
    notebook.driver.finish(notebook.window)
    end = notebook.parameters
    assert not np.array_equal(end, notebook.bare[session.progress.step])
    notebook.driver.wait_for(lambda: session.progress.number == 2)
    last = session.progress.step
    notebook.store.drop_snapshots(2, [snapshot.step for snapshot in notebook.store.snapshots(2)][1:])
    notebook.open(2, last)
    np.testing.assert_array_equal(notebook.parameters, end)


def test_the_run_before_it_is_put_aside_and_can_be_brought_back(notebook: Notebook):
    notebook.driver.finish(notebook.window)
    notebook.driver.wait_for(lambda: notebook.session.progress.number == 2)
    trained = notebook.parameters
    notebook.open()
    assert notebook.session.experiment.name == "xor" and not notebook.session.edit_history.can_undo
    # That it lies here is known by its number, too.
    notebook.open(2)
    np.testing.assert_array_equal(notebook.parameters, trained)
    assert notebook.session.experiment.name == "digits-mlp" and notebook.session.progress.number == 2


def test_the_run_that_is_open_is_not_opened_again(notebook: Notebook):
    notebook.open()
    notebook.session.open_run(1)
    assert notebook.window.notice.text == "Run 1 is open already."
    assert notebook.session._wish.wanted is None


def test_run_pressed_while_a_run_is_read_trains_it(notebook: Notebook):
    notebook.session.open_run(1)
    assert notebook.session.opening.source == RunStep(1)
    notebook.session.run_or_pause()
    notebook.driver.wait_for(lambda: notebook.session.progress.activity.has_ended)
    notebook.driver.settle(notebook.window)
    np.testing.assert_array_equal(notebook.parameters, notebook.bare[notebook.session.progress.step])


def test_what_cannot_be_opened_is_said_and_leaves_what_is_there(notebook: Notebook):
    before = notebook.session.experiment
    notebook.session.open_run(7)
    notebook.driver.wait_for(lambda: "there is no run 7" in notebook.window.notice.text)
    notebook.store.update(1, data="of something else")
    notebook.session.open_run(1)
    notebook.driver.wait_for(lambda: "learned from other data" in notebook.window.notice.text)
    assert notebook.session.experiment == before and notebook.session.progress.number == 0


def test_without_its_snapshots_a_run_is_trained_again_from_its_beginning(notebook: Notebook):
    for path in (runs_folder() / "1").glob("*.safetensors"):
        path.unlink()
    notebook.open()
    np.testing.assert_array_equal(notebook.parameters, notebook.bare[100])


def test_a_run_whose_file_is_gone_is_refused_in_one_sentence(driver: Driver, tmp_path: Path):
    table = tmp_path / "points.csv"
    table.write_text("x,y,label\n" + "\n".join(f"{row % 7},{row % 5},{row % 2}" for row in range(60)) + "\n")
    data = DatasetSettings(FileSource(path=str(table)))
    Kept(replace(example("xor", epochs=2), dataset=data), runs_folder())
    table.unlink()
    window = driver.open(XOR)
    before = window.session.experiment
    window.session.open_run(1)
    driver.wait_for(lambda: "points.csv" in window.notice.text)
    assert window.session.experiment == before and "\n" not in window.notice.text
    window.commands["runs"].trigger()
    driver.wait_for(lambda: window.runs_panel.table.numbers == [1])


def test_another_machine_is_told(notebook: Notebook):
    record = notebook.store.run(1)
    notebook.store.update(1, facts=json.dumps(dict(record.facts) | {"numpy": "1.0"}))
    notebook.open()
    assert "bits may differ" in notebook.window.notice.text and "instead of 1.0" in notebook.window.notice.text


def test_an_encoder_beside_the_experiment_is_found_again(driver: Driver, tmp_path: Path):
    """The folders in which the window looked are kept with the run."""
    journal = JournalWriter(runs_folder(), pytest.fail)
    window = driver.open(example("xor", epochs=1), [tmp_path / "here"], journal=journal)
    driver.finish(window)
    journal.flush()
    (record,) = open_store(runs_folder())[0].runs()
    assert str(tmp_path / "here") in record.facts["folders"]
    driver.close(window)
    journal.close()
