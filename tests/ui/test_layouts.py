"""Layouts of the window: what each shows, that it is found again as it was left, and that large type is large everywhere."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from nnlab.ui.layouts import LAYOUTS
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver, example

NAMES = ("setup", "curves", "inspector", "runs")
SIZES = [(1280, 800), (1440, 900), (1920, 1080), (2560, 1440)]


def shown(window: MainWindow) -> set[str]:
    return {name for name in NAMES if window.shows_dock(name)}


@pytest.mark.parametrize("size", SIZES)
def test_every_layout_leaves_room_for_the_views_at_every_size(
    xor: MainWindow, driver: Driver, size: tuple[int, int]
) -> None:
    for name in LAYOUTS:
        xor.resize(*size)
        xor.choose_layout(name)
        xor.restore_layout()
        driver.settle(xor)
        QApplication.processEvents()
        layout = LAYOUTS[name]
        assert shown(xor) == layout.docks(*size)
        assert xor.size().width() == size[0]
        stage = xor.stage
        assert stage.pane_count == layout.panes(size[0])
        assert stage.width() >= 0.4 * size[0] and stage.height() >= 0.3 * size[1]
        for dock in xor.docks:
            if dock.isVisible():
                assert xor.rect().contains(dock.geometry())
        xor.choose_layout("standard")


def test_in_a_window_of_another_size_the_curves_have_their_share_again(xor: MainWindow, driver: Driver) -> None:
    curves = xor.docks[1]
    heights = []
    for size in ((1280, 800), (2560, 1440), (1280, 800)):
        xor.resize(*size)
        driver.settle(xor)
        QApplication.processEvents()
        heights.append(curves.height())
    assert heights[1] > 1.6 * heights[0] and abs(heights[2] - heights[0]) <= 4


def test_curves_that_were_drawn_to_another_height_keep_it_in_a_larger_window(xor: MainWindow, driver: Driver) -> None:
    curves = xor.docks[1]
    xor.resize(1280, 800)
    driver.settle(xor)
    xor.resizeDocks([curves], [300], Qt.Orientation.Vertical)
    driver.settle(xor)
    drawn = curves.height()
    xor.resize(1920, 1080)
    driver.settle(xor)
    assert abs(curves.height() - drawn) <= 1


def test_a_layout_is_found_again_as_it_was_left(xor: MainWindow, driver: Driver) -> None:
    xor.resize(1920, 1080)
    before = shown(xor)
    xor.choose_layout("experiment")
    assert shown(xor) == {"setup", "curves", "runs"}
    xor.turn_dock("setup")
    xor.commands["panes_1"].trigger()
    xor.choose_layout("standard")
    assert shown(xor) == before
    xor.choose_layout("experiment")
    assert shown(xor) == {"curves", "runs"} and xor.stage.pane_count == 1
    driver.close(xor)
    again = driver.open(example("xor", epochs=1))
    assert again.layouts.name == "experiment" and shown(again) == {"curves", "runs"}
    assert again.commands["layout_experiment"].isEnabled()
    again.commands.show_choices()
    assert again.commands["layout_experiment"].isChecked() and not again.commands["layout_standard"].isChecked()


def test_the_layout_that_was_chosen_is_in_the_file_at_once(xor: MainWindow, driver: Driver) -> None:
    for name in ("present", "standard", "experiment"):
        xor.choose_layout(name)
        assert f"layout={name}\n" in Path(driver.memory.fileName()).read_text()


@pytest.mark.parametrize("kept", ["", "nonsense", "7"])
def test_a_layout_that_is_not_known_is_the_first_one(driver: Driver, kept: str) -> None:
    driver.memory.setValue("layout", kept)
    assert driver.open(example("xor", epochs=1)).layouts.name == "standard"


def test_restoring_brings_back_what_was_closed_dragged_away_or_taken_out(xor: MainWindow, driver: Driver) -> None:
    xor.resize(1920, 1080)
    xor.restore_layout()
    driver.settle(xor)
    QApplication.processEvents()
    before = {name: dock.geometry() for name, dock in zip(NAMES, xor.docks, strict=True)}
    setup, curves, inspector, runs = xor.docks
    setup.hide()
    curves.setFloating(True)
    xor.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, inspector)
    xor.tabifyDockWidget(inspector, runs)
    xor.commands["restore_layout"].trigger()
    driver.settle(xor)
    QApplication.processEvents()
    assert not curves.isFloating() and shown(xor) == set(NAMES)
    for name, dock in zip(NAMES, xor.docks, strict=True):
        near = dock.geometry().topLeft() - before[name].topLeft()
        assert near.manhattanLength() <= 12, name


def heights(window: MainWindow) -> dict[str, float]:
    """How high letters are: of the menus, of the stage's tabs, of what is drawn."""
    diagram = window.stage.current.canvas
    return {
        "menu": window.menuBar().fontMetrics().height(),
        "tabs": window.stage.panes[0].tabs.fontMetrics().height(),
        "picture": diagram.transform().m22() * 12,
        "curves": window.curves.canvas.transform().m22() * 12,
    }


def test_present_has_large_letters_everywhere_and_gives_them_back(xor: MainWindow, driver: Driver) -> None:
    xor.resize(1920, 1080)
    before = heights(xor)
    xor.choose_layout("present")
    driver.settle(xor)
    large = heights(xor)
    text = xor.curves.controls._text
    assert text.width() >= text.sizeHint().width()
    assert all(large[name] >= 1.35 * before[name] for name in before), (before, large)
    canvas = xor.stage.current.canvas
    # The scene fills the canvas, and what is clicked is what is seen there.
    corner = canvas.mapToScene(QPoint(canvas.width(), canvas.height()))
    assert abs(corner.x() - canvas.room.width()) < 2 and abs(corner.y() - canvas.room.height()) < 2
    assert canvas.ci.geometry().width() == pytest.approx(canvas.room.width(), abs=1)
    # A canvas that is made larger later follows.
    xor.resize(1600, 900)
    driver.settle(xor)
    assert canvas.ci.geometry().width() == pytest.approx(canvas.width() / 1.5, abs=1)
    # A view that is seen for the first time is as large.
    assert driver.see(xor, "boundary").canvas.transform().m22() == 1.5
    xor.resize(1920, 1080)
    xor.stage.show_view("network")
    xor.choose_layout("standard")
    driver.settle(xor)
    assert heights(xor) == before


def test_large_type_is_there_again_at_the_next_start_and_in_the_other_theme(xor: MainWindow, driver: Driver) -> None:
    xor.choose_layout("present")
    driver.close(xor)
    again = driver.open(example("xor", epochs=1))
    assert again.appearance.theme.magnification == 1.5
    again.appearance.toggle()
    assert again.appearance.theme.magnification == 1.5
    assert again.stage.current.canvas.transform().m11() == 1.5
    again.choose_layout("standard")
    assert again.appearance.theme.magnification == 1


def narrow(window: MainWindow, driver: Driver) -> MainWindow:
    """Made so after it had room for the Inspector."""
    window.resize(1500, 900)
    window.restore_layout()
    assert window.shows_dock("inspector")
    window.resize(1280, 800)
    driver.settle(window)
    return window


def test_where_the_inspector_explains_the_view_it_never_yields(digits: MainWindow, driver: Driver) -> None:
    narrow(digits, driver).choose_layout("learn")
    driver.settle(digits)
    assert digits.stage.shows_example and shown(digits) == {"curves", "inspector"}
    digits.choose_layout("standard")
    assert not digits.shows_dock("inspector")


def test_in_a_narrow_window_the_inspector_comes_when_it_has_more_to_say(digits: MainWindow, driver: Driver) -> None:
    window, stage = narrow(digits, driver), digits.stage
    assert not window.shows_dock("inspector") and stage.shows_example
    stage.current.select(layer="dense1", unit=3)
    assert window.shows_dock("inspector")
    stage.current.select(layer="", unit=-1, example=40)
    assert not window.shows_dock("inspector")
    # A view that does not show the example leaves it to the Inspector.
    stage.show_view("confusion")
    assert window.shows_dock("inspector")
    stage.show_view("network")
    assert not window.shows_dock("inspector")
    window.resize(1500, 800)
    assert window.shows_dock("inspector")
    window.resize(1280, 800)
    assert not window.shows_dock("inspector")


def test_whoever_opens_the_inspector_has_it(digits: MainWindow, driver: Driver) -> None:
    window = narrow(digits, driver)
    driver.qtbot.mouseClick(window.run_bar.inspector, Qt.MouseButton.LeftButton)
    assert window.docks[2].isVisible()
    window.stage.current.select(example=7)
    window.stage.show_view("predictions")
    assert window.docks[2].isVisible()
    driver.qtbot.mouseClick(window.run_bar.inspector, Qt.MouseButton.LeftButton)
    window.stage.current.select(layer="dense1", unit=2)
    assert not window.docks[2].isVisible()


def test_what_has_yielded_is_there_in_the_wide_window_of_the_next_start(digits: MainWindow, driver: Driver) -> None:
    window = narrow(digits, driver)
    assert not window.shows_dock("inspector")
    driver.close(window)
    again = driver.open(example("digits-mlp", epochs=1))
    again.resize(1500, 900)
    assert again.layouts.name == "standard" and again.shows_dock("inspector")
