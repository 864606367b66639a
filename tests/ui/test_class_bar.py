"""The colour bar of the plane: names of classes, however long, have room beside it, and hovering tells them in full."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnlab.ui.main_window import MainWindow
from nnlab.ui.views.boundary.class_bar import ClassBar
from tests.ui.conftest import Driver
from tests.ui.test_table_in_the_window import opened

LONG = ("Adelie penguins of the Palmer archipelago", "Chinstrap penguins of the Palmer archipelago")


def plane(folder: Path, names: tuple[str, ...]) -> Path:
    points = np.random.default_rng(0).normal(0, 1, (60, 2))
    rows = [f"{x:.3f},{y:.3f},{names[number % len(names)]}" for number, (x, y) in enumerate(points)]
    path = folder / "penguins.csv"
    path.write_text("\n".join(["bill,flipper,label", *rows]))
    return path


def shown(driver: Driver, folder: Path, names: tuple[str, ...], size: tuple[int, int], panes: int) -> MainWindow:
    window = opened(driver, plane(folder, names))
    window.resize(*size)
    window.stage.arrange(panes)
    driver.see(window, "boundary")
    QApplication.processEvents()
    return window


@pytest.mark.parametrize(("size", "panes"), [((1280, 800), 1), ((1280, 800), 4), ((1920, 1080), 2)])
@pytest.mark.parametrize("names", [("a", "b"), ("setosa", "versicolor"), LONG], ids=["letters", "words", "sentences"])
def test_the_names_stand_beside_the_bar(
    driver: Driver, tmp_path: Path, names: tuple[str, ...], size: tuple[int, int], panes: int
) -> None:
    window = shown(driver, tmp_path, names, size, panes)
    view = window.stage.view("boundary")
    bar, axis = view._bar, view._bar.getAxis("right")
    texts = [text for _, text in axis._tickLevels[0]]
    assert texts[0].startswith(f"P({names[0][0]}") and texts[2].startswith(f"P({names[1][0]}")
    assert all(text.endswith(") = 1") for text in texts[::2])
    metrics = QFontMetricsF(axis.style["tickFont"] or QFont())
    assert max(map(metrics.horizontalAdvance, texts)) <= axis.width() - axis.style["tickTextOffset"][0]
    assert bar.getViewBox().width() >= 12
    assert view.canvas.sceneRect().contains(bar.sceneBoundingRect())
    plot = view._plot.sceneBoundingRect()
    assert plot.right() <= bar.sceneBoundingRect().left() and plot.width() >= 100
    # The field fills its frame, at the sides as well as above and below.
    box = view._plot.getViewBox()
    driver.wait_for(lambda: view._extent is not None and abs(box.width() - box.height()) < 2)
    (left, right), (low, high) = box.viewRange()
    assert right - left == pytest.approx(view._extent[1] - view._extent[0], rel=0.03)
    assert high - low == pytest.approx(view._extent[3] - view._extent[2], rel=0.03)
    if names != LONG:
        assert texts[::2] == [f"P({name}) = 1" for name in names]


def test_hovering_tells_the_names_in_full(driver: Driver, tmp_path: Path) -> None:
    window = shown(driver, tmp_path, LONG, (1280, 800), 4)
    view = window.stage.view("boundary")
    texts = [text for _, text in view._bar.getAxis("right")._tickLevels[0]]
    assert "…" in texts[0] and "…" in texts[2]
    view._hover(view._bar.sceneBoundingRect().center())
    assert view.readout.text() == f"colours from P({LONG[0]}) = 1 to P({LONG[1]}) = 1"
    view._hover(QPointF(-5, -5))
    assert "filled: training points" in view.readout.text()


def test_of_three_classes_there_is_no_bar_to_hover(driver: Driver, tmp_path: Path) -> None:
    window = shown(driver, tmp_path, ("a", "b", "c"), (1280, 800), 1)
    view = window.stage.view("boundary")
    assert view._bar.opacity() == 0.0
    view._hover(view._bar.sceneBoundingRect().center())
    assert "filled: training points" in view.readout.text()


@pytest.mark.parametrize("pixels", [9, 13, 20])
def test_names_that_are_letters_take_no_more_room_than_none(qtbot: QtBot, pixels: int) -> None:
    bar, font = ClassBar(), QFont()
    font.setPixelSize(pixels)
    bar.getAxis("right").setStyle(tickFont=font)
    rooms = []
    for names in (("A", "B"), (), ("B", "W")):
        bar.name_ends(names)
        bar.fit(60.0)
        rooms.append(bar.room)
    assert len(set(rooms)) == 1
