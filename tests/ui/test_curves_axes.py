"""The axes of the curves always have numbers that tell the scale, and none that run into each other."""

from itertools import pairwise

import pytest
from PySide6.QtGui import QPainter, QPicture
from PySide6.QtWidgets import QApplication

from nnlab.ui.main_window import MainWindow
from nnlab.ui.views.curves.log_axis import LogAxis
from tests.ui.conftest import Driver

_LINE = 18


@pytest.mark.parametrize("decades", [0.5, 0.7, 1.0, 1.64, 2.4, 5.0, 12.0])
@pytest.mark.parametrize("low", [-3.3, -1.7, -0.9])
@pytest.mark.parametrize("height", [90.0, 240.0])
def test_a_logarithmic_axis_has_two_numbers_with_room(qapp: QApplication, decades: float, low: float, height: float) -> None:
    axis = LogAxis("left")
    (spacing, numbered), (small, _) = axis.logTickValues(low, low + decades, height, [])
    pixels = sorted(at * height / decades for at in numbered)
    assert len(pixels) >= 2 and all(axis.logTickStrings(numbered, 1.0, spacing))
    assert min(after - before for before, after in pairwise(pixels)) >= _LINE - 1e-6
    assert small is None


def test_the_axis_of_accuracies_says_where_1_is(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    digits.resize(1280, 800)
    QApplication.processEvents()
    digits.curves.redraw()
    axis = digits.curves.panels["score"].plot.getAxis("left")
    driver.wait_for(lambda: axis.height() > 50)
    picture = QPicture()
    painter = QPainter(picture)
    _, _, texts = axis.generateDrawSpecs(painter)
    painter.end()
    written = [text for _, _, text in texts]
    assert 1.0 in map(float, written) and len({len(text) for text in written}) == 1
