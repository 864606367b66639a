"""What is painted of an axis is of one scale, however it came to its size."""

import pyqtgraph as pg
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnlab.ui.theme import DARK, LIGHT
from nnlab.ui.views.parts.color_bar import SignedColorBar
from nnlab.ui.widgets.canvas import Canvas


def test_an_axis_of_another_size_forgets_what_was_painted_of_it(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    canvas, bar = Canvas(), SignedColorBar()
    canvas.addItem(bar)
    qtbot.addWidget(canvas)
    for theme in (LIGHT, DARK, LIGHT):
        bar.recolor(theme)
    canvas.resize(200, 130)
    with qtbot.waitExposed(canvas):
        canvas.show()
    modes: list[object] = []
    set_mode = pg.AxisItem.setCacheMode
    monkeypatch.setattr(pg.AxisItem, "setCacheMode", lambda axis, mode: (modes.append(mode), set_mode(axis, mode)))
    canvas.resize(200, 180)
    QApplication.processEvents()
    mode, axis = pg.AxisItem.CacheMode, bar.getAxis("right")
    # On X11 Qt painted the new part alone: the numbers of two scales stood above each other.
    assert modes[-2:] == [mode.NoCache, mode.DeviceCoordinateCache]
    assert axis.cacheMode() == mode.DeviceCoordinateCache
