"""Breakpoints in the window: training stops where they become true, says so, and goes on; the panel edits the experiment."""

import random
from dataclasses import replace
from itertools import islice

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import ReLU
from nnlab.models.layers.dense import Dense
from nnlab.training.breakpoints import BREAKPOINTS
from nnlab.training.breakpoints.step_number import StepNumber
from nnlab.ui.activity import Activity
from nnlab.ui.breakpoints.panel import BreakpointsPanel
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example


def stopping(*stop_when: object, **training: object) -> Experiment:
    return example("xor", stop_when=stop_when, **training)


def wait_for_stop(driver: Driver, window: MainWindow, step: int) -> None:
    driver.wait_for(lambda: bool(window.session.progress.stop) and window.session.progress.step == step)


def panel_of(window: MainWindow) -> BreakpointsPanel:
    window.commands["stop_when"].trigger()
    assert window._breakpoints.panel is not None
    return window._breakpoints.panel


def test_training_stands_there_and_says_why_and_goes_on(driver: Driver):
    window = driver.open(stopping({"kind": "step", "number": 30}, {"kind": "step", "number": 47}))
    session, notice = window.session, window.notice
    assert window.run_bar.stops.text() == "2 stops" and window.run_bar.stops.width() > 40
    session.run_or_pause()
    wait_for_stop(driver, window, 30)
    assert session.progress.activity is Activity.PAUSED
    assert notice.text == "Stopped at step 30: this is the step to stop at."
    assert window.statusBar()._cells["state"].text() == "stopped"
    assert window.statusBar()._cells["state"].toolTip() == notice.text
    bare = assemble(session.experiment, [])
    list(islice(bare, 30))
    assert session._link.worker._run.model.parameters.values.tobytes() == bare.model.parameters.values.tobytes()
    assert (notice.button.text(), notice.other_button.text()) == ("Go on", "Edit breakpoints")
    notice.button.click()
    wait_for_stop(driver, window, 47)
    assert notice.text.startswith("Stopped at step 47")
    notice.button.click()
    driver.finish(window)
    assert notice.text == "" and window.statusBar()._cells["state"].text() == "finished"


def test_a_single_step_takes_the_word_back(driver: Driver):
    window = driver.open(stopping({"kind": "step", "number": 1}))
    window.run_bar.batch.click()
    wait_for_stop(driver, window, 1)
    assert window.notice.text.startswith("Stopped at step 1")
    window.run_bar.batch.click()
    driver.wait_for(lambda: window.session.progress.step == 2)
    driver.wait_for(lambda: window.notice.text == "")
    assert window.statusBar()._cells["state"].text() == "paused"


def test_a_word_that_was_read_stays_away(driver: Driver):
    window = driver.open(stopping({"kind": "step", "number": 3}))
    window.session.run_or_pause()
    wait_for_stop(driver, window, 3)
    window.notice._close.click()
    window.session.frames.refresh()
    driver.settle(window)
    assert window.notice.text == ""


def test_a_number_that_is_not_finite_leaves_the_last_step_that_was(driver: Driver):
    experiment = stopping("not_finite", learning_rate=1000.0)
    window = driver.open(replace(experiment, model=MLPSettings((Dense(8), ReLU(), Dense(2)), "mean_squared_error")))
    session = window.session
    session.run_or_pause()
    driver.wait_for(lambda: bool(session.progress.stop))
    assert "would not be finite, first of all" in window.notice.text
    bare = assemble(session.experiment, [])
    list(islice(bare, session.progress.step))
    assert session._link.worker._run.model.parameters.values.tobytes() == bare.model.parameters.values.tobytes()
    driver.settle(window)
    assert session.history.number == session.progress.step


def test_a_stop_is_in_the_journal_as_an_event(driver: Driver):
    said: list[str] = []
    writer = JournalWriter(runs_folder(), said.append)
    window = driver.open(stopping({"kind": "step", "number": 9}), journal=writer)
    window.session.run_or_pause()
    wait_for_stop(driver, window, 9)
    window.end()
    writer.close()
    store = open_store(runs_folder())[0]
    (record,) = store.runs()
    store.close()
    assert [list(event) for event in record.events] == [["stop", 9, "this is the step to stop at"]]
    assert (record.step, said) == (9, [])


def test_one_may_be_set_while_it_trains_without_a_reset(driver: Driver):
    window = driver.open(stopping(epochs=100_000))
    session = window.session
    session.run_or_pause()
    driver.wait_for(lambda: session.progress.step > 100)
    panel = panel_of(window)
    panel.add_condition("gradient_norm")
    panel.form.editor("above").setText("0")
    panel.form.editor("above").editingFinished.emit()
    driver.wait_for(lambda: bool(session.progress.stop))
    assert "the gradient's norm was" in window.notice.text
    assert not session.is_pending and session.progress.step > 100


def test_the_panel_lists_edits_and_removes_and_every_edit_is_undone(driver: Driver):
    window = driver.open(stopping())
    session, panel = window.session, panel_of(window)
    assert panel.isVisible() and not panel.isModal()
    assert panel.nothing.isVisible() and not panel.list.isVisible()
    assert window.run_bar.stops.text() == "" and window.run_bar.stops.maximumWidth() == 0
    panel.add_condition("step")
    panel.form.editor("number").setValue(7)
    assert session.experiment.training.stop_when == (StepNumber(number=7),)
    assert panel.list.topLevelItem(0).text(0) == "step 7"
    assert window.run_bar.stops.text() == "1 stop"
    panel.list.topLevelItem(0).setCheckState(0, Qt.CheckState.Unchecked)
    assert session.experiment.training.stop_when == (StepNumber(number=7, on=False),)
    assert window.run_bar.stops.text() == "" and window.run_bar.stops.maximumWidth() == 0
    panel.add_condition("not_finite")
    assert panel.list.place == 1 and not panel.form.isVisible()
    panel.remove.click()
    assert panel.list.place == 0 and len(panel.conditions) == 1
    for expected in (2, 1, 1, 1, 0):
        session.undo()
        assert len(session.experiment.training.stop_when) == panel.list.topLevelItemCount() == expected
    session.redo()
    assert panel.list.topLevelItem(0).text(0) == "step 1,000"


def test_the_last_one_removed_while_training_stands_there_lets_it_go(driver: Driver):
    window = driver.open(stopping({"kind": "loss", "part": "batch", "value": 100.0}))
    session = window.session
    session.run_or_pause()
    wait_for_stop(driver, window, 1)
    panel_of(window).remove.click()
    driver.wait_for(lambda: not session.progress.stop and window.notice.text == "")
    session.run_or_pause()
    driver.finish(window)
    # Set once more, it is another one.
    session.edit(replace(session.experiment, training=stopping({"kind": "loss", "part": "batch", "value": 100.0}).training))
    session.go_on()
    driver.wait_for(lambda: bool(session.progress.stop))


def test_a_hundred_random_edits_while_it_trains_break_nothing(driver: Driver):
    window = driver.open(stopping(epochs=100_000))
    session, panel, chance = window.session, panel_of(window), random.Random(0)

    def turn() -> None:
        if row := panel.list.topLevelItem(chance.randrange(max(len(panel.conditions), 1))):
            row.setCheckState(0, chance.choice((Qt.CheckState.Checked, Qt.CheckState.Unchecked)))

    def choose() -> None:
        if row := panel.list.topLevelItem(chance.randrange(max(len(panel.conditions), 1))):
            panel.list.setCurrentItem(row)

    acts = (
        lambda: panel.add_condition(chance.choice(list(BREAKPOINTS))),
        lambda: panel.add_condition(chance.choice(list(BREAKPOINTS))),
        panel.remove.click,
        turn,
        choose,
        session.undo,
        session.redo,
        session.run_or_pause,
        window.run_bar.batch.click,
        lambda: window.notice.other_button.click(),
    )
    for _ in range(100):
        chance.choice(acts)()
        driver.qtbot.wait(chance.choice((0, 5, 20)))
        assert panel.conditions == session.experiment.training.stop_when
        rows = [panel.list.topLevelItem(number) for number in range(panel.list.topLevelItemCount())]
        assert [row.text(0).removesuffix(" · never here") for row in rows] == [one.summary() for one in panel.conditions]
        assert [row.checkState(0) is Qt.CheckState.Checked for row in rows] == [one.on for one in panel.conditions]
    session.pause()
    driver.wait_for(lambda: not session.progress.is_running)
    # The run has what the panel shows.
    driver.settle(window)
    assert session._link.worker._run.settings.stop_when == panel.conditions


@pytest.mark.parametrize("kind", BREAKPOINTS)
def test_every_kind_has_a_row_a_form_and_its_cost(driver: Driver, kind: str):
    window = driver.open(stopping())
    panel = panel_of(window)
    titles = [action.text() for action in panel.add.menu().actions()]
    panel.add.menu().actions()[titles.index(BREAKPOINTS[kind].title)].trigger()
    (one,) = window.session.experiment.training.stop_when
    assert one == BREAKPOINTS[kind]()
    assert panel.list.topLevelItem(0).text(0).startswith(one.summary())
    assert panel.cost.text() == one.cost
    assert panel.rect().contains(panel.cost.rect().translated(panel.cost.mapTo(panel, QPoint(0, 0))))


def test_one_that_can_never_become_true_is_told_beside_it(driver: Driver):
    window = driver.open(stopping("dead_units"))
    panel = panel_of(window)
    assert "never become true here" in panel.problem.text() and "relu" in panel.problem.text()
    assert panel.list.topLevelItem(0).text(0).endswith("never here")
    model = replace(window.session.experiment.model, layers=(Dense(8), ReLU(), *window.session.experiment.model.layers[2:]))
    window.session.edit(replace(window.session.experiment, model=model))
    assert not panel.problem.isVisible() and panel.list.topLevelItem(0).text(0) == "1 unit of a layer dead"


def test_the_delete_key_removes_in_the_list_alone(driver: Driver):
    window = driver.open(stopping({"kind": "loss", "value": 0.25}, "not_finite"))
    panel = panel_of(window)
    field = panel.form.editor("value")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    assert len(panel.conditions) == 2
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Delete)
    assert [type(one) for one in panel.conditions] == [BREAKPOINTS["not_finite"]]


def test_a_run_that_makes_way_takes_its_word_with_it_and_brings_it_back(driver: Driver):
    window = driver.open(stopping({"kind": "step", "number": 5}))
    session = window.session
    session.run_or_pause()
    wait_for_stop(driver, window, 5)
    session.reset()
    driver.wait_for(lambda: session.progress.activity is Activity.IDLE and session.progress.step == 0)
    assert "Stopped" not in window.notice.text
    session.undo()
    wait_for_stop(driver, window, 5)
    assert window.notice.text.startswith("Stopped at step 5")
