"""No window is larger than what its screen has free, and none insists on it."""

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from nnlab.ui.first_size import begin_as_large
from nnlab.ui.placing import FRAME
from tests.ui.conftest import Driver, example
from tests.ui.places import faults

# What a screen of 1920 x 1080 has at 200 %, under a bar.
ROOM = QRect(0, 27, 960, 513)


@pytest.fixture
def _small_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QScreen, "availableGeometry", lambda screen: ROOM)


@pytest.mark.usefixtures("_small_screen")
def test_a_window_is_as_large_as_it_would_like_only_where_there_is_room(qtbot: QtBot) -> None:
    inside = ROOM.marginsRemoved(FRAME).size()
    large, small = QDialog(), QDialog()
    for dialog in (large, small):
        qtbot.addWidget(dialog)
    begin_as_large(large, (1180, 760), (860, 560))
    begin_as_large(small, (420, 300), (200, 100))
    assert large.size() == inside and large.minimumSize() == QSize(860, inside.height())
    assert small.size() == QSize(420, 300) and small.minimumSize() == QSize(200, 100)


@pytest.mark.usefixtures("_small_screen")
def test_at_200_percent_the_window_fits_on_a_screen_of_1080_lines(driver: Driver) -> None:
    window = driver.open(example("xor"))
    inside = ROOM.marginsRemoved(FRAME).size()
    # Whatever its parts would like.
    window.showNormal()
    window.resize(inside)
    driver.finish(window)
    assert window.size() == inside
    assert window.statusBar().geometry().bottom() < inside.height()
    assert window.stage.current is not None and window.stage.current.canvas.height() >= 80
    assert faults(window) == []
