"""The run's past in the window: every view as it was, exactly, while the training stands or goes on."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.probes import Moment, Selection, look
from nnlab.training import TrainingRun
from nnlab.ui.main_window import MainWindow
from nnlab.ui.timeline.words import here
from nnlab.ui.views.curves.time_axis import place_of
from tests.ui.conftest import Driver, example
from tests.ui.traveller import Traveller


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    window.activateWindow()
    window.setFocus()
    QTest.keyClick(window, key, modifier)


def test_before_the_first_step_there_is_no_past_and_it_is_said_why(traveller: Traveller):
    window = traveller.window
    assert not window.timeline.track.isEnabled()
    assert "can be gone back to" in window.timeline.words.text()
    assert window.timeline.words.shown == window.timeline.words.text() and window.timeline.track.isHidden()
    for name in ("step_back", "back_to_now", "branch", "film"):
        assert not window.commands[name].isEnabled(), name


def test_every_open_view_and_the_inspector_show_what_was_then(traveller: Traveller):
    window, stage = traveller.window, traveller.window.stage
    window.resize(1500, 900)
    window.inspector.parentWidget().show()
    stage.arrange(4)
    for pane, name in zip(stage.panes, ("network", "weights", "distributions", "boundary"), strict=True):
        stage._choose(pane, name)
    traveller.train(25)
    now = {name: view.answer for name, view in stage._present_views().items()}
    for step in (7, 20, 0, 13):
        traveller.go(step)
        bare = traveller.bare(step)
        assert (window.past_bar.isHidden(), traveller.travel.shown.step) == (False, step)
        weights = look(bare, "weights", stage.selection).value
        np.testing.assert_array_equal(stage.view("weights").answer.tiles, weights.tiles)
        ratios = look(bare, "distributions", stage.selection).value.ratio
        np.testing.assert_array_equal(stage.view("distributions").answer.ratio, ratios)
        views = [pane.view for pane in stage.panes]
        assert all(view.moment.step == step for view in views)
        words = f"step {step}, {25 - step} steps ago"
        assert [pane.stamp.text() for pane in stage.panes] == [words] * 4
        assert not any(pane.stamp.isHidden() for pane in stage.panes)
        assert words in window.past_bar.words.text()
        if window.inspector.isVisible():
            assert window.inspector.moment.step == step
    traveller.now()
    assert window.past_bar.isHidden()
    np.testing.assert_array_equal(stage.view("weights").answer.tiles, now["weights"].tiles)
    assert [pane.stamp.text() for pane in stage.panes] == ["step 25"] * 4


def test_what_views_collect_from_step_to_step_is_shown_up_to_then_and_not_lost(traveller: Traveller):
    window = traveller.window
    view = traveller.driver.see(window, "distributions")
    traveller.train(10)
    steps = list(view.history.steps)
    assert steps[-1] == 10
    traveller.go(4)
    assert view.history.steps == [step for step in steps if step < 4] + [4]
    traveller.go(6)
    assert view.history.steps == sorted({*(step for step in steps if step < 6), 4, 6})
    traveller.now()
    assert view.history.steps == steps


def test_what_is_seen_in_the_past_is_collected_there(traveller: Traveller):
    traveller.driver.see(traveller.window, "weights")
    traveller.train(10)
    traveller.go(2)
    view = traveller.driver.see(traveller.window, "distributions")
    traveller.arrive(2)
    for step in (3, 5):
        traveller.go(step)
    # What was recorded up to there while it trained, and what was seen there.
    assert {2, 3, 5} <= set(view.history.steps) and view.history.steps[-1] == 5
    traveller.go(3)
    assert {2, 3} <= set(view.history.steps) and view.history.steps[-1] == 3
    traveller.now()
    assert view.history.steps[0] == 0 and view.history.steps[-1] == 10


def test_what_is_selected_in_the_past_is_answered_there(traveller: Traveller):
    window = traveller.window
    traveller.driver.see(window, "network")
    traveller.train(9)
    traveller.go(5)
    window.stage.select(Selection(example=3))
    view = window.stage.view("network")
    loss = look(traveller.bare(5), "network", Selection(example=3)).value.loss
    traveller.driver.wait_for(lambda: view.answer.loss == loss)
    assert view.moment.step == 5
    traveller.driver.see(window, "weights")
    traveller.driver.wait_for(lambda: window.stage.view("weights").moment.step == 5)


def test_training_goes_on_while_an_earlier_step_is_shown(driver: Driver):
    traveller = Traveller(driver, example("xor", epochs=100_000))
    window, session = traveller.window, traveller.session
    driver.see(window, "weights")
    session.run_or_pause()
    driver.wait_for(lambda: session.progress.number > 0 and session.progress.step > 300)
    for step in (200, 31, 150):
        traveller.go(step)
        bare = look(traveller.bare(step), "weights", window.stage.selection).value
        np.testing.assert_array_equal(window.stage.view("weights").answer.tiles, bare.tiles)
        before = session.progress.step
        driver.wait_for(lambda before=before: session.progress.step > before + 10)
        assert window.stage.view("weights").moment.step == step
        assert "training goes on" in window.past_bar.words.text()
    assert session.progress.is_running
    session.pause()
    driver.wait_for(lambda: not session.progress.is_running)
    traveller.now()
    assert window.stage.view("weights").moment.step == session.progress.step
    driver.close(window)
    traveller.journal.close()
    assert traveller.said == traveller.told == []


def test_keys_step_back_and_forth_and_at_now_they_train(traveller: Traveller):
    window, session, travel = traveller.window, traveller.session, traveller.travel
    traveller.train(45)
    end = session.history.epochs["step"].values
    press(window, Qt.Key.Key_Left)
    traveller.arrive(44)
    press(window, Qt.Key.Key_Left)
    traveller.arrive(43)
    press(window, Qt.Key.Key_Right)
    traveller.arrive(44)
    press(window, Qt.Key.Key_Right)
    assert not travel.is_past
    press(window, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    traveller.arrive(int(end[-1]))
    assert f"the end of epoch {len(end)}" in window.past_bar.words.text()
    press(window, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    traveller.arrive(int(end[-2]))
    press(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    traveller.arrive(int(end[-1]))
    press(window, Qt.Key.Key_N)
    assert not travel.is_past
    press(window, Qt.Key.Key_Right)
    traveller.driver.wait_for(lambda: session.progress.step == 46)
    track = window.timeline.track
    track.setFocus()
    QTest.keyClick(track, Qt.Key.Key_Home)
    traveller.arrive(0)
    assert not window.commands["step_back"].isEnabled()
    QTest.keyClick(track, Qt.Key.Key_PageDown)
    traveller.arrive(int(end[0]))
    QTest.keyClick(track, Qt.Key.Key_End)
    assert not travel.is_past


def test_the_track_is_dragged_and_its_right_end_is_now(traveller: Traveller):
    track, travel = traveller.window.timeline.track, traveller.travel
    traveller.train(30)
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.x_of(4)), 15))
    for step in (9, 14, 11):
        QTest.mouseMove(track, QPoint(round(track.x_of(step)), 15))
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.x_of(11)), 15))
    traveller.driver.wait_for(lambda: travel.shown is not None and travel.is_settled)
    assert travel.shown.step == travel.wanted
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(track.width() - 1, 15))
    assert not travel.is_past


@pytest.mark.parametrize("axis", ["epochs", "batches"])
def test_a_step_of_the_track_lies_below_itself_in_the_curves(axis: str, traveller: Traveller):
    window, curves, track = traveller.window, traveller.window.curves, traveller.window.timeline.track
    curves.controls.choose_axis(axis)
    traveller.train(30)
    box = curves.panels["loss"].plot.getViewBox()
    for width in (1280, 1000, 1500):
        window.resize(width, 800)
        traveller.driver.settle(window)
        QApplication.processEvents()
        for step in (0, 19, 30):
            place = place_of(axis, traveller.session.history, step)
            seen = curves.canvas.mapFromScene(box.mapViewToScene(QPointF(place, 0)))
            below = track.mapToGlobal(QPoint(round(track.x_of(step)), 0))
            assert abs(curves.canvas.mapToGlobal(seen).x() - below.x()) <= 2, (width, step)
            assert track.step_at(track.x_of(step)) == step
        assert track.geometry().right() <= window.timeline.width()


def test_a_weight_of_the_past_cannot_be_changed_and_it_is_said_why(traveller: Traveller):
    window, session = traveller.window, traveller.session
    traveller.train(6)
    window.stage.select(Selection(weight=("dense1.weight", (0, 1))))
    window.inspector.parentWidget().parentWidget().show()
    traveller.go(3)
    weight = window.inspector.panels["weight"]
    assert not weight.field.isEnabled()
    assert "Branch from here" in weight.hint.text()
    session.change_parameter("dense1.weight", (0, 1), 3.0)
    assert "Branch from here" in traveller.told[-1]
    traveller.now()
    assert weight.field.isEnabled()
    assert not session.edit_history.has_changed_parameters


def test_a_job_works_on_the_run_as_it_was(traveller: Traveller):
    traveller.train(8)
    traveller.go(3)
    found = []
    job = traveller.session.start_job("a look", lambda run, report: run.model.parameters.values.tobytes())
    job.done.connect(found.append)
    traveller.driver.wait_for(lambda: len(found) == 1)
    assert found[0].moment.step == 3
    assert found[0].value == traveller.bare(3).model.parameters.values.tobytes()


def test_another_run_leaves_the_past(traveller: Traveller):
    session = traveller.session
    traveller.train(6)
    traveller.go(2)
    session.reset()
    traveller.driver.wait_for(lambda: session.progress.step == 0)
    traveller.driver.settle(traveller.window)
    assert not traveller.travel.is_past
    assert traveller.window.past_bar.isHidden()
    assert traveller.window.stage.current.moment.step == 0
    traveller.train(4)
    traveller.go(2)
    assert traveller.travel.shown.number == 2


def test_a_window_that_keeps_nothing_says_so(driver: Driver):
    window = driver.open(example("xor", epochs=2))
    driver.finish(window)
    assert not window.timeline.track.isEnabled()
    assert "not kept" in window.timeline.words.text()
    assert not window.commands["step_back"].isEnabled()
    QApplication.processEvents()


def test_the_curves_have_a_line_where_one_stands(traveller: Traveller):
    window, panel = traveller.window, traveller.window.curves.panels["loss"]
    traveller.train(20)
    assert not panel.here.isVisible()
    traveller.go(7)
    history = traveller.session.history
    place = list(history.steps["step"].values).index(7)
    assert panel.here.isVisible()
    assert panel.here.value() == pytest.approx(history.steps["epoch"].values[place])
    traveller.now()
    assert not panel.here.isVisible()
    assert window.curves.panels["score"].here.isVisible() is False


def branched(traveller: Traveller) -> None:
    """A run that goes on from step 8 of another, for six steps."""
    traveller.train(20)
    traveller.go(8)
    traveller.session.branch()
    traveller.driver.wait_for(lambda: not traveller.travel.is_past)
    traveller.driver.settle(traveller.window)
    assert "when it goes on" in traveller.window.timeline.words.text()
    traveller.train(6)


def test_before_a_branch_are_the_steps_of_the_run_that_it_came_from(traveller: Traveller):
    branched(traveller)
    for step, number in ((3, 1), (10, 2), (7, 1), (8, 2), (0, 1)):
        traveller.go(step)
        assert traveller.travel.shown.number == number
        weights = look(traveller.bare(step), "weights", traveller.window.stage.selection).value
        np.testing.assert_array_equal(traveller.travel._past._worker._visitor.here.run.step, step)
        found = look(traveller.travel._past._worker._visitor.here.run, "weights", traveller.window.stage.selection).value
        np.testing.assert_array_equal(found.tiles, weights.tiles)
    assert "step 0, 14 steps ago" in traveller.window.past_bar.words.text()


def test_a_step_that_the_store_has_not_leads_to_the_nearest_that_it_has(traveller: Traveller):
    """Of a run that began elsewhere; its handle stands where the views are."""
    window, travel = traveller.window, traveller.travel
    branched(traveller)
    traveller.journal.flush()
    store = RunStore(runs_folder())
    store.update(2, parent=None)
    store.close()
    travel.go_to(3)
    traveller.arrive(8)
    assert travel.wanted == window.timeline.track.at == window.timeline.track.first == 8
    assert "step 8, 6 steps ago" in window.past_bar.words.text()
    assert not window.commands["step_back"].isEnabled()


def test_steps_that_were_not_written_for_want_of_time_are_written_when_they_are_wanted(
    traveller: Traveller, monkeypatch: pytest.MonkeyPatch
):
    """While much waits for a slow disk, single steps are not handed over."""
    traveller.train(3)
    monkeypatch.setattr(JournalWriter, "is_behind", property(lambda journal: True))
    traveller.train(5)
    traveller.go(7)
    assert traveller.travel.wanted == 7


def test_a_long_way_is_told_and_another_step_is_gone_to_at_once(traveller: Traveller, monkeypatch: pytest.MonkeyPatch):
    bar, travel = traveller.window.past_bar, traveller.travel
    traveller.train(40)
    traveller.journal.flush()
    store = RunStore(runs_folder())
    store.drop_snapshots(1, [snapshot.step for snapshot in store.snapshots(1)[1:-1]])
    store.close()
    step = TrainingRun.__next__
    monkeypatch.setattr(TrainingRun, "__next__", lambda run: time.sleep(0.05) or step(run))
    travel.go_to(36)
    traveller.driver.wait_for(lambda: bar.bar.isVisible() and 0 < bar.bar.value() < 1000)
    assert "On the way to step 36, 4 steps ago" in bar.words.text()
    travel.go_to(1)
    traveller.arrive(1)
    assert not bar.bar.isVisible()
    assert "The views show step 1, 39 steps ago" in bar.words.text()


def test_the_present_is_named_by_what_the_model_is_of() -> None:
    assert here(Moment(step=1640, epoch=40)) == ("now, step 1,640", "step 1,640")
    assert here(Moment(step=1640, epoch=40, kept_epoch=12))[0] == "now, epoch 12, restored"
    # Of the last epoch nothing had to be put back.
    assert here(Moment(step=1640, epoch=40, kept_epoch=40))[0] == "now, step 1,640"
    assert here(Moment(step=7, is_edited=True))[0] == "now, step 7, edited by hand"


def test_after_the_end_the_timeline_says_of_which_epoch_the_model_is(driver: Driver) -> None:
    traveller = Traveller(driver, example("digits-mlp", epochs=40))
    window = traveller.window
    driver.finish(window)
    moment = window.session.progress.moment
    assert 0 < moment.kept_epoch < moment.epoch
    driver.wait_for(lambda: window.timeline.words.text() == f"now, epoch {moment.kept_epoch}, restored")
    traveller.go(3)
    assert "step 3" in window.timeline.words.text()
    driver.close(window)
    traveller.journal.close()
