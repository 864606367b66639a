"""The panes of the stage: their shares, the one that takes all of the room, tabs in a list, and what is exported at each."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog

from nnlab.ui.main_window import MainWindow
from nnlab.ui.stage.pane import Pane, PaneHead
from nnlab.ui.stage.pane_grid import Divided
from nnlab.ui.views import VIEWS
from tests.ui.conftest import Driver, example


def widths(window: MainWindow) -> list[int]:
    return [pane.width() for pane in window.stage.panes[:2]]


def drag(driver: Driver, divided: Divided, way: QPoint) -> None:
    handle = divided.handle(1)
    begin = handle.rect().center()
    driver.qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=begin)
    driver.qtbot.mouseMove(handle, begin + way)
    driver.qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=begin + way)


@pytest.fixture
def panes(digits: MainWindow, driver: Driver) -> MainWindow:
    """Four panes in a window of usual size."""
    digits.resize(1280, 800)
    digits.commands["panes_4"].trigger()
    driver.settle(digits)
    return digits


def test_a_divider_is_dragged_and_stands_there_at_the_next_start(panes: MainWindow, driver: Driver) -> None:
    row = panes.stage.grid.widget(0)
    assert abs(widths(panes)[0] - widths(panes)[1]) <= 1
    drag(driver, row, QPoint(-120, 0))
    first, second = widths(panes)
    assert second - first > 150
    # Other panes and back: it still stands there.
    panes.commands["panes_1"].trigger()
    panes.commands["panes_2"].trigger()
    driver.wait_for(lambda: abs(widths(panes)[0] - first) <= 2)
    share = first / (first + second)
    driver.close(panes)
    again = driver.open(example("digits-mlp", epochs=3))
    again.resize(1280, 800)
    assert again.stage.pane_count == 2
    driver.wait_for(lambda: abs(widths(again)[0] / sum(widths(again)) - share) < 0.01)


def test_a_double_click_on_a_divider_makes_both_sides_alike(panes: MainWindow, driver: Driver) -> None:
    row = panes.stage.grid.widget(0)
    drag(driver, row, QPoint(90, 0))
    driver.qtbot.mouseDClick(row.handle(1), Qt.MouseButton.LeftButton)
    assert abs(widths(panes)[0] - widths(panes)[1]) <= 1 and abs(row.share - 0.5) < 0.01


@pytest.mark.parametrize("kept", ["", "nonsense", "0.5 0.5", "0 0.5 0.5", "2 -1 0.5", "nan nan nan"])
def test_dividers_that_make_no_sense_stand_in_the_middle(driver: Driver, kept: str) -> None:
    driver.memory.setValue("dividers", kept)
    driver.memory.setValue("panes", 2)
    window = driver.open(example("xor", epochs=1))
    assert abs(widths(window)[0] - widths(window)[1]) <= 1


def seen(window: MainWindow) -> list[Pane]:
    return [pane for pane in window.stage.panes if pane.isVisible()]


def test_the_arrow_for_other_views_stands_beside_the_title_whatever_view_it_is(panes: MainWindow, driver: Driver) -> None:
    for _ in range(2):
        driver.wait_for(lambda: all(pane.choice.width() == pane.choice.sizeHint().width() for pane in panes.stage.panes))
        for pane in panes.stage.panes:
            title = pane.choice.fontMetrics().horizontalAdvance(pane.choice.currentText())
            assert 20 <= pane.choice.width() - title <= 40
        panes.stage.show_next(1)


def test_a_double_click_on_a_head_gives_its_pane_the_room_of_all_and_back(panes: MainWindow, driver: Driver) -> None:
    pane = panes.stage.panes[2]
    head = pane.findChild(PaneHead)
    views = [other.view for other in panes.stage.panes]
    driver.qtbot.mouseDClick(pane.stamp, Qt.MouseButton.LeftButton)
    assert seen(panes) == [pane] and panes.stage.current is views[2] and pane.tabs.isVisible()
    assert [wanted.probe for wanted in panes.stage.wanted_probes()] == [views[2].probe]
    driver.qtbot.mouseDClick(head, Qt.MouseButton.LeftButton, pos=QPoint(head.width() // 2, 4))
    assert len(seen(panes)) == 4 and [other.view for other in panes.stage.panes] == views
    assert pane.choice.isVisible() and not pane.tabs.isVisible()


def test_the_key_and_the_button_maximise_the_pane_that_was_used_last(panes: MainWindow, driver: Driver) -> None:
    panes.activateWindow()
    panes.stage.panes[1].view.setFocus()
    driver.wait_for(panes.stage.panes[1].view.hasFocus)
    driver.qtbot.keyClick(panes, Qt.Key.Key_M)
    assert seen(panes) == [panes.stage.panes[1]]
    # Another view of a pane that is covered comes here, in exchange.
    covered = next(name for name, view in panes.stage._views.items() if view is panes.stage.panes[0].view)
    panes.stage.show_view(covered)
    assert panes.stage.current is panes.stage.view(covered) and panes.stage.current.isVisible()
    driver.qtbot.mouseClick(panes.stage.panes[1].maximise, Qt.MouseButton.LeftButton)
    assert len(seen(panes)) == 4 and not panes.stage.is_maximised


def test_beside_the_inspector_no_pane_scrolls(panes: MainWindow, driver: Driver) -> None:
    panes.commands["inspector"].trigger()
    driver.settle(panes)
    for pane in panes.stage.panes:
        assert pane.width() < 280 and pane.view is not None
        hint = pane.view.minimumSizeHint().width()
        assert pane._place.horizontalScrollBar().maximum() == 0, f"{pane.view.title}: {hint} in {pane.width()}"
        assert pane._place.verticalScrollBar().maximum() == 0, pane.view.title
    network = panes.stage.view("network")
    assert network.controls.more.isVisible() and network.controls.more.geometry().right() < network.width()


@pytest.mark.parametrize(
    ("words", "shorter"),
    [
        ("epoch 40, restored", ["epoch 40"]),
        ("step 7, 3 steps ago", ["step 7", "7"]),
        ("step 1,234", ["step 1,234", "1,234"]),
        ("the end of epoch 3", ["epoch 3"]),
    ],
)
def test_a_moment_in_a_narrow_head_is_whole_or_shorter_and_never_cut(
    panes: MainWindow, words: str, shorter: list[str]
) -> None:
    stamp = panes.stage.panes[0].stamp
    panes.stage.panes[0].show_stamp(words, is_past=False)
    found = []
    for width in range(200, 0, -1):
        stamp.resize(width, 20)
        found.append(stamp.shown)
    assert list(dict.fromkeys(found)) == list(dict.fromkeys([words, *shorter, ""]))


def test_another_number_of_panes_and_another_run_end_what_was_maximised(panes: MainWindow, driver: Driver) -> None:
    panes.commands["maximise"].trigger()
    panes.commands["panes_2"].trigger()
    assert len(seen(panes)) == 2
    panes.commands["panes_1"].trigger()
    assert not panes.stage.panes[0].maximise.isVisible()
    panes.commands["maximise"].trigger()
    assert len(seen(panes)) == 1 and "room of all views already" in panes.notice.text


def test_no_tab_is_out_of_sight_without_a_sign(digits: MainWindow, driver: Driver) -> None:
    pane = digits.stage.panes[0]
    tabs, more = pane.tabs, pane.views.more
    digits.resize(1400, 800)
    driver.wait_for(lambda: not more.isVisible())
    assert not pane.views.hidden
    digits.resize(960, 800)
    driver.wait_for(more.isVisible)
    hidden = pane.views.hidden
    assert hidden and more.text() == f"{len(hidden)} more ▾"
    shown = [place for place in range(tabs.count()) if place not in hidden]
    for place in shown:
        assert tabs.rect().contains(tabs.tabRect(place)) and tabs.tabRect(place).width() >= tabs.width_of(place)
    assert pane.views.rect().contains(tabs.geometry()) and pane.views.rect().contains(more.geometry())
    menu = more.menu()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == [tabs.tabText(place) for place in hidden]
    last = hidden[-1]
    menu.actions()[-1].trigger()
    assert tabs.currentIndex() == last and last not in pane.views.hidden and more.isVisible()
    assert digits.stage.current is digits.stage.view(tabs.tabData(last))


def test_the_button_of_a_pane_exports_what_that_pane_shows(
    panes: MainWindow, driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pane = panes.stage.panes[3]
    path, opened = tmp_path / "numbers.csv", []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(path), asked[3]))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(opened.append(url.toLocalFile())) or True)
    menu = pane.export.menu()
    copy, figure, numbers = menu.actions()
    menu.aboutToShow.emit()
    assert panes.stage.current is pane.view and "…" in figure.text()
    QGuiApplication.clipboard().clear()
    copy.trigger()
    assert f"{pane.view.title} was copied" in panes.notice.text and not QGuiApplication.clipboard().image().isNull()
    numbers.trigger()
    assert path.read_text().splitlines()[0].split(",") == list(pane.view.csv_columns())
    assert panes.notice.text == f"{pane.view.title} was saved in {path}."
    assert panes.notice.button.text() == "Open folder"
    panes.notice.button.click()
    assert opened == [str(tmp_path)]


def test_a_system_without_a_browser_of_files_tells_where_the_folder_is(
    xor: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    xor.files.tell_written("Something was saved.", tmp_path / "some.png")
    xor.commands["open_folder"].trigger()
    assert str(tmp_path) in xor.notice.text and xor.notice.button.isHidden()


def test_the_head_of_a_small_pane_costs_one_low_line(panes: MainWindow) -> None:
    QApplication.processEvents()
    for pane in panes.stage.panes:
        head = pane.findChild(PaneHead)
        assert head.height() <= 28
        for part in (pane.choice, pane.export, pane.maximise):
            assert part.isVisible() and head.rect().contains(part.geometry())


def test_the_pane_that_was_used_last_is_one_that_is_shown(
    panes: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = panes.stage
    panes.activateWindow()
    stage.panes[3].view.setFocus()
    driver.wait_for(lambda: stage.current is stage.panes[3].view)
    # Of the next run there is less to be seen.
    for name in VIEWS.keys() - {"network", "weights"}:
        monkeypatch.setitem(VIEWS, name, replace(VIEWS[name], fits=lambda prepared: False))
    stage.begin(stage._prepared)
    assert len(seen(panes)) == 2
    assert stage.current is stage.panes[0].view is not None
    panes.commands["maximise"].trigger()
    assert seen(panes) == stage.panes[:1]
