"""The inspector's place: at the right where there is room, and wherever the person wants it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example


def toggle_of(window: MainWindow) -> object:
    """The entry of the View menu."""
    return next(
        action for action in window.findChildren(type(window.docks[2].toggleViewAction())) if action.text() == "Inspector"
    )


def test_in_a_narrow_window_the_inspector_waits_to_be_asked_for_and_costs_nothing(xor: MainWindow, driver: Driver) -> None:
    assert xor.width() < 1360 and xor.docks[2].isHidden()
    assert "inspector" not in [wanted.probe for wanted in xor.stage.wanted_probes()]
    toggle_of(xor).trigger()
    assert xor.docks[2].isVisible()
    driver.wait_for(lambda: xor.inspector.answer is not None)
    assert "inspector" in [wanted.probe for wanted in xor.stage.wanted_probes()]
    toggle_of(xor).trigger()
    assert xor.docks[2].isHidden()


def test_a_button_of_the_toolbar_shows_and_hides_it(xor: MainWindow, driver: Driver) -> None:
    button = xor.run_bar.inspector
    assert button.isVisible() and button.text() == "Inspector" and not button.isChecked()
    assert button.focusPolicy() == Qt.FocusPolicy.NoFocus
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert xor.docks[2].isVisible() and button.isChecked()
    driver.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert xor.docks[2].isHidden() and not button.isChecked()


@pytest.mark.parametrize("width", [960, 1280])
def test_in_every_window_the_button_has_its_place_in_the_toolbar(xor: MainWindow, driver: Driver, width: int) -> None:
    xor.resize(width, 800)
    driver.finish(xor)
    bar, button = xor.run_bar, xor.run_bar.inspector
    assert button.isVisible() and bar.rect().contains(button.geometry())
    # Other words move nothing.
    places = [part.geometry() for part in (bar.line.bar, bar.line.where, bar._caption, button)]
    bar.line.where.setText("words " * 40)
    QApplication.processEvents()
    assert [part.geometry() for part in (bar.line.bar, bar.line.where, bar._caption, button)] == places


def test_in_a_wide_window_the_first_layout_shows_it(xor: MainWindow) -> None:
    xor.resize(1500, 900)
    xor.restore_layout()
    assert xor.docks[2].isVisible() and xor.docks[2].width() >= 290
    xor.resize(1280, 800)
    xor.restore_layout()
    assert xor.docks[2].isHidden()


def test_where_the_person_left_it_it_is_found_again(driver: Driver) -> None:
    first = driver.open(example("xor", epochs=1))
    first.docks[2].show()
    driver.close(first)
    assert driver.open(example("xor", epochs=1)).docks[2].isVisible()


def test_a_layout_of_an_earlier_version_gives_way_to_the_first_one(driver: Driver) -> None:
    first = driver.open(example("xor", epochs=1))
    driver.memory.setValue("docks", first.saveState(1))
    second = driver.open(example("xor", epochs=1))
    assert second.docks[0].isVisible() and second.docks[1].isVisible() and second.docks[2].isHidden()
