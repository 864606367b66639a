"""Sweeps from the window, really trained: started, paused, stopped, gone on with, and opened as runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from nnlab.experiments.examples import EXAMPLES, Example
from nnlab.experiments.sweeps.records import DONE, PAUSED, RUNNING, STOPPED
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.experiments.sweeps.sweep_file import format_sweep, load_sweep
from nnlab.ui.activity import Activity
from nnlab.ui.sweeps import search_card
from tests.ui.conftest import Driver, example, experiment_beside_its_data
from tests.ui.seeds.desk import train_seeds
from tests.ui.sweeps.desk import SweepDesk
from tests.ui.sweeps.stored import sweep_of

RATE = "training.learning_rate"


@pytest.fixture
def desk(driver: Driver) -> Iterator[SweepDesk]:
    desk = SweepDesk(driver)
    yield desk
    desk.close()


def set_trials(desk: SweepDesk, count: int, processes: int = 2) -> None:
    setup = desk.window.setup
    setup.search.form.editor("trials").setValue(count)
    setup.hands.processes.setValue(processes)
    desk.settle()


@pytest.mark.slow
def test_a_sweep_is_trained_to_its_end_and_its_best_trial_opened(desk: SweepDesk) -> None:
    window = desk.window
    desk.vary(RATE, low="0.01", high="1")
    desk.vary("training.optimizer")
    set_trials(desk, 6)
    assert window.setup.count.text() == "6 trials" and window.setup.start.isEnabled()
    window.setup.start.click()
    desk.wait_for(lambda: window.number == 1)
    # The window's own run does not wait for it.
    desk.driver.finish(desk.main)
    desk.wait_for(lambda: window.watched is not None and window.watched.record.state == DONE)
    desk.wait_for(lambda: not desk.work.running.is_busy)
    trials = desk.trials()
    assert [trial.state for trial in trials] == [DONE] * 6 and len({trial.run for trial in trials}) == 6
    assert window.bar.said.text() == "done · 6 of 6 trials" and not window.bar.go_on.isVisible()
    page = desk.show(1, "scatter")
    place = window.results.best
    desk.move_to(page, place)
    desk.wait_for(lambda: len(window.card.curve.losses) > 0)
    best = trials[place]
    assert best.objective == min(trial.objective for trial in trials)
    desk.click(page, place)
    desk.wait_for(lambda: desk.main.session.progress.number == best.run)
    assert desk.main.session.experiment.training.learning_rate == best.choices[RATE]


@pytest.mark.slow
def test_a_sweep_is_paused_stopped_and_goes_on_where_it_was(driver: Driver) -> None:
    desk = SweepDesk(driver, epochs=250)
    window = desk.window
    desk.vary("training.seed", low="0", high="1000")
    set_trials(desk, 5, processes=1)
    window.setup.start.click()
    desk.wait_for(lambda: window.watched is not None and window.watched.record.ended >= 1)
    window.bar.pause.click()
    desk.wait_for(lambda: window.watched.record.state == PAUSED)
    assert window.bar.go_on.isVisible() and not window.bar.pause.isVisible()
    window.bar.go_on.click()
    desk.wait_for(lambda: window.watched.record.state == RUNNING)
    window.bar.cancel.click()
    desk.wait_for(lambda: window.watched.record.state == STOPPED)
    desk.wait_for(lambda: not desk.work.running.is_busy)
    ended = desk.record().ended
    assert 0 < ended < 5 and window.bar.go_on.isVisible()
    checksums = {trial.number: trial.checksum for trial in desk.trials() if trial.state == DONE}
    window.bar.go_on.click()
    desk.wait_for(lambda: window.watched.record.state == DONE)
    found = {trial.number: trial.checksum for trial in desk.trials()}
    assert len(found) == 5 and checksums.items() <= found.items() and len(desk.records()) == 1
    desk.close()


@pytest.mark.slow
def test_closing_the_window_stops_the_sweep_so_that_it_can_go_on(driver: Driver) -> None:
    desk = SweepDesk(driver, epochs=2000)
    desk.vary("training.seed", low="0", high="1000")
    set_trials(desk, 4)
    desk.window.setup.start.click()
    desk.wait_for(lambda: desk.window.watched is not None and desk.window.watched.record.counts.get(RUNNING, 0) > 0)
    assert "closing nnlab only interrupts it" in desk.window.bar.said.text()
    desk.window.close()
    assert desk.work.running.is_busy
    desk.close()
    assert desk.record().state == STOPPED


def test_data_that_lies_beside_the_experiment_is_found_by_its_sweep(desk: SweepDesk, tmp_path: Path) -> None:
    desk.main.files.open(experiment_beside_its_data(tmp_path))
    desk.wait_for(lambda: desk.main.session.dataset is not None and desk.main.session.dataset.title == "mine.csv")
    started: list[Sweep] = []
    desk.vary("training.seed", values="1, 2")
    desk.settle()
    desk.window.setup.start_wanted.disconnect()
    desk.window.setup.start_wanted.connect(started.append)
    desk.window.setup.start.click()
    assert tmp_path in started[0].near


def test_more_trials_than_there_are_combinations_are_told(desk: SweepDesk) -> None:
    desk.vary("training.seed", values="1, 2, 3")
    desk.vary("training.optimizer")
    desk.settle()
    assert desk.window.setup.count.text() == "32 trials, at most 21 different"
    desk.vary(RATE, low="0.01", high="1")
    desk.settle()
    assert desk.window.setup.count.text() == "32 trials"


def test_nothing_is_started_before_it_makes_sense(desk: SweepDesk) -> None:
    setup = desk.window.setup
    assert not setup.start.isEnabled() and setup.axes.nothing.isVisible()
    desk.vary(RATE, low="0.5")
    desk.type(RATE, "high", "0.1")
    desk.settle()
    row = setup.axes.rows[RATE]
    assert "low 0.5 is not below high 0.1" in row.problem.text() and row.problem.isVisible()
    assert not setup.start.isEnabled() and setup.count.text() == ""
    desk.type(RATE, "high", "1")
    desk.settle()
    assert setup.start.isEnabled() and not row.problem.isVisible() and setup.count.text() == "32 trials"


def test_a_fault_of_the_search_is_told_below_its_row(desk: SweepDesk) -> None:
    setup = desk.window.setup
    desk.vary("training.seed", low="0", high="9999")
    setup.search.kind.setCurrentIndex(setup.search.kind.findData("grid"))
    setup.search.kind.activated.emit(setup.search.kind.currentIndex())
    desk.settle()
    # Of a grid each value counts.
    assert setup.count.text() == "5 trials"
    setup.axes.rows["training.seed"].count.setValue(4096)
    desk.vary(RATE)
    desk.settle()
    assert "a grid of 20,480 trials, expected at most 4,096" in setup.problem.text() and not setup.start.isEnabled()


def test_the_menu_has_every_setting_by_its_label_once(desk: SweepDesk) -> None:
    axes = desk.window.setup.axes
    axes._fill_menu()
    menus = {menu.menu().title(): menu.menu() for menu in axes.menu.actions()}
    assert {"Data", "Model", "Layer 1, dense", "Training"} <= set(menus)
    [rate] = [action for action in menus["Training"].actions() if action.text().startswith("Learning rate")]
    rate.trigger()
    assert list(axes.rows) == [RATE]
    axes._fill_menu()
    again = {action.text(): action for menu in axes.menu.actions() for action in menu.menu().actions()}
    assert not next(action for text, action in again.items() if text.startswith("Learning rate")).isEnabled()
    axes.rows[RATE].remove.click()
    assert not axes.rows and axes.nothing.isVisible()


def test_a_sweep_follows_the_present_experiment(desk: SweepDesk) -> None:
    from dataclasses import replace

    session = desk.main.session
    training = replace(session.experiment.training, learning_rate=0.125)
    desk.vary(RATE)
    session.edit(replace(session.experiment, training=training))
    assert desk.window.setup.draft.base.training.learning_rate == 0.125
    assert desk.window.setup.draft.axes[0].name == RATE


def test_a_sweep_is_saved_and_opened_again(desk: SweepDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setup, path = desk.window.setup, tmp_path / "rates.toml"
    desk.vary(RATE, low="0.01", high="1")
    desk.vary("training.optimizer")
    desk.settle()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(path), ""))
    setup.save.click()
    assert str(path) in desk.window.said.text() and load_sweep(path) == setup.sweep
    setup.begin_anew()
    assert not setup.axes.rows
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *asked: (str(path), ""))
    setup.open.click()
    desk.wait_for(lambda: list(setup.axes.rows) == [RATE, "training.optimizer"])
    desk.settle()
    assert setup.sweep == load_sweep(path)


def test_a_sweep_that_is_opened_as_any_file_comes_into_its_window(driver: Driver, tmp_path: Path) -> None:
    path = tmp_path / "rates.toml"
    path.write_text(format_sweep(sweep_of()))
    desk = SweepDesk(driver)
    desk.window.close()
    experiment = desk.main.session.experiment
    desk.main.files.open(path)
    desk.wait_for(lambda: desk.window.isVisible() and bool(desk.window.setup.axes.rows))
    assert desk.window.setup.draft.base.name == "digits-mlp" and desk.window.setup.take_present.isVisible()
    assert desk.main.session.experiment == experiment
    desk.window.setup.take_present.click()
    assert desk.window.setup.draft.base == experiment
    desk.close()


@pytest.mark.parametrize(
    "shipped", [each for each in EXAMPLES if each.file.startswith("sweeps/")], ids=lambda each: each.file
)
def test_every_example_is_opened_from_the_gallery_and_can_be_started(desk: SweepDesk, shipped: Example) -> None:
    sweep = load_sweep(shipped.path)
    desk.main.commands["examples"].trigger()
    desk.main.gallery.window.page.cards[shipped.file].click()
    setup = desk.window.setup
    desk.wait_for(lambda: setup.sweep is not None)
    assert setup.sweep == sweep and setup.start.isEnabled() and setup.count.text() == f"{sweep.count} trials"


def test_a_sweep_is_dropped_onto_its_window(desk: SweepDesk, tmp_path: Path) -> None:
    (path := tmp_path / "rates.toml").write_text(format_sweep(sweep_of()))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "other.png")), QUrl.fromLocalFile(str(path))])
    actions, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    desk.window.dropEvent(QDropEvent(QPointF(9, 9), actions, data, left, none))
    desk.wait_for(lambda: desk.window.setup.sweep == sweep_of())


def test_without_optuna_it_is_said_how_to_have_it(desk: SweepDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = desk.window.setup
    desk.vary("training.seed", low="0", high="99")
    desk.settle()
    assert setup.start.isEnabled()
    monkeypatch.setattr(search_card, "is_installed", lambda name: False)
    setup.search.kind.setCurrentIndex(setup.search.kind.findData("optuna"))
    setup.search.kind.activated.emit(0)
    desk.settle()
    assert "pip install optuna" in setup.search.missing.text() and setup.search.missing.isVisible()
    # It can be written down all the same.
    assert not setup.start.isEnabled() and setup.save.isEnabled() and setup.count.text() == "32 trials"


def test_a_file_that_is_no_sweep_is_told(desk: SweepDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "odd.toml"
    path.write_text('format = 2\nbase = "nowhere.toml"\nsearch = "random"\nvary.training.seed = [1, 2]\n')
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *asked: (str(path), ""))
    desk.window.setup.open.click()
    desk.wait_for(lambda: "nowhere.toml" in desk.window.said.text())


def test_the_settings_of_a_sweep_begin_another(driver: Driver) -> None:
    from tests.ui.sweeps.stored import store_sweep

    sweep = sweep_of()
    store_sweep(sweep)
    desk = SweepDesk(driver)
    desk.show(1, "parallel")
    desk.window.bar.duplicate.click()
    desk.settle()
    assert desk.window.number == 0 and desk.window.setup.sweep == sweep
    desk.close()


def test_names_of_sweeps_are_no_markup_and_long_ones_fit(driver: Driver) -> None:
    from tests.ui.sweeps.stored import store_sweep

    name = "<b>bold</b> & " + "very " * 30 + "long"
    store_sweep(sweep_of(name=name))
    desk = SweepDesk(driver)
    desk.wait_for(lambda: desk.window.bar.choice.count() == 2)
    assert desk.window.bar.choice.itemText(1).startswith("1 · <b>bold</b> & very")
    width = desk.window.width()
    desk.show(1, "parallel")
    assert desk.window.width() == width
    desk.close()


def test_a_sweep_is_deleted_after_a_question_and_its_runs_stay(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    train_seeds(example("xor", epochs=1), 2)
    desk = SweepDesk(driver)
    desk.show(1, "table")
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Cancel)
    desk.window.bar.delete.click()
    assert desk.window.number == 1
    asked: list[str] = []
    answer = QMessageBox.StandardButton.Discard
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.informativeText()) or answer)
    desk.window.bar.delete.click()
    desk.wait_for(lambda: desk.window.number == 0)
    assert "sweep = 1 finds them" in asked[0] and desk.records() == [] and desk.trials() == []
    assert [run.sweep for run in desk.store.runs() if run.sweep] == [1, 1]
    assert desk.window.page == "setup" and not desk.window.bar.delete.isVisible()
    desk.close()


def test_enter_in_the_table_opens_a_run_and_escape_closes_the_window(desk: SweepDesk) -> None:
    QTest.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not desk.window.isVisible()
    desk.main.commands["sweeps"].trigger()
    assert desk.window.isVisible() and desk.main.session.progress.activity is not Activity.RUNNING
