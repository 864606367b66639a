"""Going from view to view: with the mouse, with Ctrl+Tab, and what the keys mean afterwards."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox

from nnlab.ui.actions import ACTIONS, keys_text
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver


def click_tab(window: MainWindow, driver: Driver, name: str) -> None:
    tabs = window.stage.panes[0].tabs
    place = next(place for place in range(tabs.count()) if tabs.tabData(place) == name)
    driver.qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(place).center())


@pytest.mark.parametrize("name", ["network", "weights"])
def test_after_a_click_on_a_tab_the_keyboard_is_in_that_view(digits: MainWindow, driver: Driver, name: str) -> None:
    digits.activateWindow()
    field = next(field for field in digits.docks[0].findChildren(QComboBox) if field.isVisible())
    field.setFocus()
    driver.wait_for(field.hasFocus)
    # The first of them is in front already.
    click_tab(digits, driver, name)
    view = digits.stage.current
    assert view is digits.stage.view(name)
    driver.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    focus = QApplication.focusWidget()
    assert focus is not None and view.isAncestorOf(focus)


def test_the_windows_keys_are_the_windows_after_a_click_on_a_tab(digits: MainWindow, driver: Driver) -> None:
    digits.activateWindow()
    click_tab(digits, driver, "weights")
    driver.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    driver.wait_for(lambda: digits.session.progress.step == 1)
    driver.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    driver.wait_for(lambda: digits.session.progress.step > 1)
    click_tab(digits, driver, "confusion")
    assert QApplication.focusWidget() is digits.stage.current


def test_arrow_keys_go_on_along_the_tabs(digits: MainWindow, driver: Driver) -> None:
    digits.activateWindow()
    tabs = digits.stage.panes[0].tabs
    tabs.setFocus(Qt.FocusReason.TabFocusReason)
    driver.wait_for(tabs.hasFocus)
    for _ in range(2):
        driver.qtbot.keyClick(tabs, Qt.Key.Key_Right)
    assert tabs.hasFocus() and tabs.currentIndex() == 2


def test_ctrl_tab_goes_through_all_views_and_back(digits: MainWindow, driver: Driver) -> None:
    digits.activateWindow()
    stage, names = digits.stage, digits.stage._fitting
    seen = []
    for _ in names:
        driver.qtbot.keyClick(digits, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
        seen.append(stage.current)
        assert QApplication.focusWidget() is stage.current
    assert seen == [stage.view(name) for name in (*names[1:], names[0])]
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    driver.qtbot.keyClick(digits, Qt.Key.Key_Backtab, both)
    assert stage.current is stage.view(names[-1])
    assert keys_text(ACTIONS["next_view"]) == "Ctrl+Tab"


def test_beside_other_panes_ctrl_tab_leaves_their_views_alone(digits: MainWindow, driver: Driver) -> None:
    stage = digits.stage
    stage.arrange(2)
    first, second = (pane.view for pane in stage.panes[:2])
    stage.show_next(1)
    assert stage.panes[1].view is second and stage.panes[0].view not in (first, second)
    stage.show_next(-1)
    assert stage.panes[0].view is first
