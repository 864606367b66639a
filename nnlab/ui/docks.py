"""What stands around the stage: setup at the left, the curves below, Inspector and runs at the right."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QDockWidget, QFrame, QMainWindow, QScrollArea, QVBoxLayout, QWidget

from nnlab.ui.widgets.card import surface

_SETUP_WIDTH = 344
_INSPECTOR_WIDTH = 336
# In a narrower window the inspector would leave the views too little room; it is then shown when asked for.
_ROOM_FOR_INSPECTOR = 1360
# And in a lower one the runs too few lines to the Inspector above them.
_ROOM_FOR_RUNS = 900
_LEAST_RUNS_HEIGHT, _RUNS_WIDTH = 200, 380
# The timeline below the curves takes nothing from them.
_TIMELINE_HEIGHT = 34
_CURVES_SHARE = 0.28
_LEAST_CURVES_HEIGHT = 150 + _TIMELINE_HEIGHT
_VERSION = 2
_AREAS = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
)


class Docks:
    """The docks of one window."""

    def __init__(
        self,
        window: QMainWindow,
        panels: Sequence[QWidget],
        below: Sequence[QWidget],
        inspector: QWidget,
        runs: QWidget,
    ) -> None:
        self._window = window
        curves = _framed(below, inside=(8, 6, 8, 4), around=(0, 0, 8, 8))
        curves.setMinimumHeight(_LEAST_CURVES_HEIGHT)
        beside = _framed([inspector], inside=(4, 2, 0, 4), around=(0, 8, 8, 8))
        beside.setMinimumWidth(_INSPECTOR_WIDTH - 40)
        listed = _framed([runs], inside=(8, 8, 8, 8), around=(0, 0, 8, 8))
        listed.setMinimumHeight(_LEAST_RUNS_HEIGHT)
        contents = {"setup": _scrolled(panels), "curves": curves, "inspector": beside, "runs": listed}
        self.docks = tuple(
            self._dock(name, content, area) for (name, content), area in zip(contents.items(), _AREAS, strict=True)
        )
        self._by_name = dict(zip(contents, self.docks, strict=True))
        # The layout of an earlier start may not know it.
        self._by_name["runs"].hide()
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)

    def turn(self, name: str) -> None:
        """Show it, or hide it."""
        dock = self._by_name[name]
        dock.toggleViewAction().trigger()
        if name == "runs" and self.is_on(name) and dock.width() < _RUNS_WIDTH and not dock.isFloating():
            self._window.resizeDocks([dock], [_RUNS_WIDTH], Qt.Orientation.Horizontal)

    def is_on(self, name: str) -> bool:
        """Whether it is shown, or would be if none lay before it."""
        return self._by_name[name].toggleViewAction().isChecked()

    def remember(self, memory: QSettings) -> None:
        """For the next start."""
        memory.setValue("docks", self._window.saveState(_VERSION))

    def restore(self, memory: QSettings) -> None:
        """As the last end left them, or as they are at first."""
        docks = memory.value("docks")
        if not (isinstance(docks, QByteArray) and self._window.restoreState(docks, _VERSION)):
            self._share_room()

    def begin_anew(self) -> None:
        """Where they were at first."""
        for dock, area in zip(self.docks, _AREAS, strict=True):
            dock.setFloating(False)
            self._window.addDockWidget(area, dock)
            dock.show()
        self._share_room()

    def _share_room(self) -> None:
        window, (setup, curves, inspector, runs) = self._window, self.docks
        inspector.setVisible(window.width() >= _ROOM_FOR_INSPECTOR)
        runs.setVisible(inspector.isVisibleTo(window) and window.height() >= _ROOM_FOR_RUNS)
        window.resizeDocks([setup, inspector], [_SETUP_WIDTH, _INSPECTOR_WIDTH], Qt.Orientation.Horizontal)
        window.resizeDocks([inspector, runs], [window.height() // 2] * 2, Qt.Orientation.Vertical)
        height = max(220, round(_CURVES_SHARE * window.height())) + _TIMELINE_HEIGHT
        window.resizeDocks([curves], [height], Qt.Orientation.Vertical)

    def _dock(self, name: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(name.capitalize(), self._window)
        dock.setObjectName(name)
        dock.setWidget(content)
        self._window.addDockWidget(area, dock)
        return dock


def _scrolled(panels: Sequence[QWidget]) -> QScrollArea:
    """The panels below each other."""
    inside = QWidget()
    inside.setObjectName("scrolled")
    column = QVBoxLayout(inside)
    column.setContentsMargins(8, 8, 2, 8)
    column.setSpacing(8)
    for panel in panels:
        column.addWidget(panel)
    column.addStretch(1)
    area = QScrollArea()
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(_SETUP_WIDTH - 20)
    return area


def _framed(contents: Sequence[QWidget], inside: tuple[int, int, int, int], around: tuple[int, int, int, int]) -> QWidget:
    """On a card of their own, the first with all the room that there is, with the ground around it."""
    card = surface()
    column = QVBoxLayout(card)
    column.setContentsMargins(*inside)
    for number, content in enumerate(contents):
        column.addWidget(content, int(number == 0))
    frame = QWidget()
    frame.setObjectName("ground")
    row = QVBoxLayout(frame)
    row.setContentsMargins(*around)
    row.addWidget(card)
    return frame
