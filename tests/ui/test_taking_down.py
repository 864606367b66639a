"""A window that has ended is taken down without a word."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import Driver, example


def test_nothing_goes_wrong_while_a_window_is_taken_down(driver: Driver) -> None:
    window = driver.open(example("xor", epochs=1))
    # As at a signal: it is not closed before.
    window.end()
    driver.windows.remove(window)
    with driver.qtbot.captureExceptions() as found:
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not found
