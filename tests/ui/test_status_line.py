"""The line at the bottom: numbers are whole, and places do not jump."""

from dataclasses import replace

from PySide6.QtWidgets import QApplication

from nnlab.ui.main_window import MainWindow


def test_a_small_learning_rate_can_be_read_to_its_end(digits: MainWindow) -> None:
    digits.resize(1280, 800)
    line, cell = digits.statusBar(), digits.statusBar()._cells["learning"]
    progress = digits.session.progress
    line.show_progress(replace(progress, learning_rate=8.438e-10))
    QApplication.processEvents()
    assert cell.text() == "learning rate 8.438e−10" and cell.shown == cell.text()
    right = cell.geometry().right()
    line.show_progress(replace(progress, learning_rate=0.1))
    QApplication.processEvents()
    # What comes after it stays where it is.
    assert cell.geometry().right() == right
    assert line._cells["machine"].geometry().left() > right
