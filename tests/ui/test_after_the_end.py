"""After its end a run goes on by a step, an epoch or as many epochs again, and never by one press of a key alone."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example


def press(window: MainWindow, key: Qt.Key) -> None:
    window.activateWindow()
    QTest.keyClick(window, key)


def test_space_at_the_end_asks_and_space_again_continues(xor: MainWindow, driver: Driver) -> None:
    driver.finish(xor)
    session, done = xor.session, xor.session.progress.step
    xor.setFocus()
    press(xor, Qt.Key.Key_Space)
    assert "complete" in xor.notice.text and xor.notice.button.text() == "Continue for 3 epochs"
    assert session.progress.activity is Activity.FINISHED and session.experiment.training.epochs == 3
    press(xor, Qt.Key.Key_Space)
    driver.wait_for(lambda: session.progress.activity is Activity.FINISHED and session.progress.step == 2 * done)
    assert session.experiment.training.epochs == 6 and xor.notice.text == ""
    driver.settle(xor)


def test_the_question_can_be_put_away_and_is_asked_anew(xor: MainWindow, driver: Driver) -> None:
    driver.finish(xor)
    for _ in range(2):
        press(xor, Qt.Key.Key_Space)
        assert "complete" in xor.notice.text
        xor.notice._close.click()
        assert xor.notice.text == ""
    assert xor.session.progress.activity is Activity.FINISHED and xor.session.experiment.training.epochs == 3


def test_the_buttons_words_say_for_how_long_it_continues(xor: MainWindow, driver: Driver) -> None:
    driver.finish(xor)
    press(xor, Qt.Key.Key_Space)
    xor.notice.button.click()
    driver.wait_for(lambda: xor.session.progress.activity is Activity.FINISHED and xor.session.progress.epochs == 6)
    driver.settle(xor)


def test_a_batch_after_the_end_is_one_step_of_one_epoch_more(xor: MainWindow, driver: Driver) -> None:
    driver.finish(xor)
    session, done = xor.session, xor.session.progress.step
    for more in (1, 2):
        xor.run_bar.batch.click()
        driver.wait_for(lambda more=more: session.progress.step == done + more)
        driver.settle(xor)
        driver.wait_for(lambda: session.progress.activity is Activity.PAUSED)
        assert session.experiment.training.epochs == session.progress.epochs == 4
    session.undo()
    assert session.experiment.training.epochs == 3


def test_epochs_after_the_end_follow_each_other(xor: MainWindow, driver: Driver) -> None:
    driver.finish(xor)
    session, batches = xor.session, xor.session.progress.batches
    for epoch in (4, 5, 6):
        xor.run_bar.epoch.click()
        driver.wait_for(lambda epoch=epoch: session.progress.step == epoch * batches)
        driver.settle(xor)
        driver.wait_for(lambda: session.progress.activity is Activity.PAUSED)
        # What is shown is what the epoch made, and not an earlier one that was better.
        assert session.progress.moment.kept_epoch == 0 and session.progress.epochs == epoch


def test_a_step_limit_and_patience_are_lifted_by_a_step(driver: Driver) -> None:
    window = driver.open(example("xor", epochs=5, steps=7))
    driver.finish(window)
    assert window.session.progress.step == 7
    window.run_bar.batch.click()
    driver.wait_for(lambda: window.session.progress.step == 8)
    driver.settle(window)
    assert window.session.experiment.training.steps == 0


def test_a_run_that_stands_before_its_end_is_made_no_longer(xor: MainWindow, driver: Driver) -> None:
    session = xor.session
    for epoch in (1, 2, 3):
        xor.run_bar.epoch.click()
        driver.wait_for(lambda epoch=epoch: session.progress.step == epoch * session.progress.batches)
        driver.wait_for(lambda: session.progress.activity is Activity.PAUSED)
    xor.run_bar.epoch.click()
    driver.wait_for(lambda: session.progress.activity is Activity.FINISHED)
    assert session.experiment.training.epochs == 3
    driver.settle(xor)


def test_a_reset_says_at_once_how_it_is_undone(xor: MainWindow, driver: Driver) -> None:
    driver.finish(xor)
    step = xor.session.progress.step
    xor.setFocus()
    press(xor, Qt.Key.Key_R)
    driver.wait_for(lambda: xor.session.progress.activity is Activity.IDLE and xor.session.progress.step == 0)
    assert "Ctrl+Z" in xor.notice.text and xor.notice.button.text() == "Bring it back"
    xor.activateWindow()
    QTest.keyClick(xor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    driver.wait_for(lambda: xor.session.progress.step == step)
    driver.settle(xor)
    assert xor.notice.text == ""


def test_edits_that_wait_do_not_hide_the_question(xor: MainWindow, driver: Driver) -> None:
    driver.finish(xor)
    training = xor.session.experiment.training
    xor.session.edit(replace(xor.session.experiment, training=replace(training, seed=training.seed + 1)))
    assert xor.session.is_pending and xor.notice.button.text() == "Reset now"
    press(xor, Qt.Key.Key_Space)
    assert xor.notice.button.text() == "Continue for 3 epochs"
