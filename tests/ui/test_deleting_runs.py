"""Deleting kept runs in the window, also those put aside in it, and having them back by Edit > Undo, in order."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from nnlab.experiments.journal.deleting import purge
from nnlab.experiments.places import runs_folder
from tests.ui.conftest import Driver
from tests.ui.test_runs_panel import Desk


@pytest.fixture
def desk(driver: Driver) -> Iterator[Desk]:
    desk = Desk(driver)
    yield desk
    driver.close(desk.window)
    desk.journal.close()
    assert desk.said == []


def delete(desk: Desk, *numbers: int) -> None:
    left = tuple(number for number in desk.numbers if number not in numbers)
    desk.panel.view.select(list(numbers))
    desk.press(Qt.Key.Key_Delete)
    desk.wait_for_numbers(*left)


def undo_words(desk: Desk) -> str:
    return desk.window.commands["undo"].text().replace("&", "")


def test_undo_brings_back_runs_and_settings_in_the_order_in_which_they_were_changed(desk: Desk):
    session = desk.window.session
    delete(desk, 1, 3)
    training = session.experiment.training
    session.edit(replace(session.experiment, training=replace(training, learning_rate=0.3)))
    delete(desk, 4)
    assert "delete run 4" in undo_words(desk)
    session.undo()
    desk.wait_for_numbers(4, 2)
    assert "learning rate" in undo_words(desk) and "delete run 4" in desk.window.commands["redo"].text()
    assert desk.panel.undo.text == "2 runs were deleted."
    session.undo()
    assert session.experiment.training == training
    assert "delete 2 runs" in undo_words(desk)
    session.undo()
    desk.wait_for_numbers(4, 3, 2, 1)
    assert desk.panel.undo.isHidden() and not session.edit_history.can_undo


def test_a_reset_on_its_way_is_not_taken_back_with_a_deletion(desk: Desk, driver: Driver):
    session = desk.window.session
    driver.finish(desk.window)
    desk.wait_for_numbers(5, 4, 3, 2, 1)
    delete(desk, 1)
    session.edit_history.forget_deletions((1,))
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        session.reset()
        # As where the store's answer comes just then.
        session.edit_history.record_deletion((1,))
        assert "delete run 1" in undo_words(desk)
        session.undo()
    desk.wait_for_numbers(5, 4, 3, 2, 1)
    assert session.progress.step == 0


def test_redo_deletes_them_again_and_undo_then_has_them_back_once(desk: Desk):
    session = desk.window.session
    delete(desk, 1, 3)
    session.undo()
    desk.wait_for_numbers(4, 3, 2, 1)
    session.redo()
    desk.wait_for_numbers(4, 2)
    assert not session.edit_history.can_redo
    session.undo()
    desk.wait_for_numbers(4, 3, 2, 1)
    assert not session.edit_history.can_undo


def test_what_the_notice_brought_back_is_not_undone_again(desk: Desk):
    session = desk.window.session
    delete(desk, 1)
    delete(desk, 2)
    desk.panel.undo.button.click()
    desk.wait_for_numbers(4, 3, 2, 1)
    assert not session.edit_history.can_undo
    # Nor does a deletion of the same run pass for the one before.
    delete(desk, 1)
    assert "delete run 1" in undo_words(desk)


def test_a_run_that_was_put_aside_is_deleted_and_brought_back_like_any_other(desk: Desk, driver: Driver):
    session = desk.window.session
    driver.finish(desk.window)
    desk.wait_for_numbers(5, 4, 3, 2, 1)
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        session.reset()
    assert desk.store.is_held(5) and session.situation.aside
    trained = desk.store.run(5)
    delete(desk, 5)
    assert not session.situation.aside and not desk.store.is_held(5)
    assert "Run 5 was deleted" in desk.panel.undo.text
    session.undo()
    desk.wait_for_numbers(5, 4, 3, 2, 1)
    assert desk.store.run(5).step == trained.step
    with driver.qtbot.waitSignal(session.prepared, timeout=60_000):
        session.open_run(5)
    assert session.progress.step == trained.step


def test_the_open_run_stays_and_those_deleted_with_it_go(desk: Desk, driver: Driver):
    driver.finish(desk.window)
    desk.wait_for_numbers(5, 4, 3, 2, 1)
    desk.panel.view.select([5, 1])
    desk.press(Qt.Key.Key_Delete)
    desk.wait_for_numbers(5, 4, 3, 2)
    assert "Run 5 is open in this window" in desk.window.notice.text


def test_what_another_window_purges_leaves_what_this_one_can_bring_back(desk: Desk):
    delete(desk, 1)
    purge(desk.store)
    assert (runs_folder() / "1").is_dir()
    desk.window.session.undo()
    desk.wait_for_numbers(4, 3, 2, 1)
