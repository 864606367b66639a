"""The bar beside signed pictures names its ends, whatever they are, and counts have no halves."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnlab.ui.views.boundary.class_bar import ClassBar
from nnlab.ui.views.parts.color_bar import SignedColorBar
from nnlab.ui.widgets.canvas import Canvas


def numbers(bar: SignedColorBar) -> list[str]:
    return [text for _, text in bar.getAxis("right")._tickLevels[0]]


@pytest.mark.parametrize(
    ("bound", "height", "whole", "texts"),
    [
        (0.15, 400, False, ["0.15", "0.075", "0", "−0.075", "−0.15"]),
        (0.07, 100, False, ["0.07", "0", "−0.07"]),
        (3.0, 400, True, ["3", "0", "−3"]),
    ],
)
def test_the_ends_are_named(qtbot: QtBot, bound: float, height: int, whole: bool, texts: list[str]) -> None:
    canvas, bar = Canvas(), SignedColorBar(whole)
    qtbot.addWidget(canvas)
    canvas.addItem(bar)
    canvas.resize(120, height)
    canvas.show()
    QApplication.processEvents()
    bar.set_bound(bound)
    assert numbers(bar) == texts


def test_a_higher_bar_has_more_numbers(qtbot: QtBot) -> None:
    canvas, bar = Canvas(), SignedColorBar()
    qtbot.addWidget(canvas)
    canvas.addItem(bar)
    canvas.resize(120, 90)
    canvas.show()
    QApplication.processEvents()
    bar.set_bound(2.0)
    assert len(numbers(bar)) == 3
    canvas.resize(120, 300)
    qtbot.waitUntil(lambda: len(numbers(bar)) == 5)


def test_the_bar_of_classes_keeps_their_names_in_any_height(qtbot: QtBot) -> None:
    canvas, bar = Canvas(), ClassBar()
    qtbot.addWidget(canvas)
    canvas.addItem(bar)
    canvas.resize(200, 90)
    canvas.show()
    bar.name_ends(("A", "B"))
    bar.fit(120)
    names = numbers(bar)
    assert names[1] == "½" and "A" in names[0] and "B" in names[2]
    canvas.resize(200, 300)
    qtbot.waitUntil(lambda: bar.size().height() > 200)
    assert numbers(bar) == names
