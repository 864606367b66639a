"""What stands around the stage: setup at the left, the curves below, Inspector and runs at the right."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QFrame, QMainWindow, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from nnlab.ui.dock_head import DockHead
from nnlab.ui.layouts import Layout
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.card import surface

_SETUP_WIDTH = 344
_INSPECTOR_WIDTH = 336
_LEAST_RUNS_HEIGHT, _RUNS_WIDTH = 200, 380
# Of a wide window, so that the list of runs has its figures in sight.
_BESIDE_SHARE = 0.19
# The timeline below the curves takes nothing from them.
_TIMELINE_HEIGHT = 34
_LEAST_CURVES_HEIGHT = 150 + _TIMELINE_HEIGHT
_ROUNDING = 2  # pixels
_VERSION = 2
_GAP = 8
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
        self.window = window
        self._heads: dict[str, DockHead] = {}
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
        centre = window.centralWidget()
        edged = (centre.layout() if centre is not None else None, curves.layout())
        self._edged = [layout for layout in edged if layout is not None]
        for dock in self.docks:
            dock.toggleViewAction().toggled.connect(self._follow_edge)
            dock.dockLocationChanged.connect(self._follow_edge)
            dock.topLevelChanged.connect(self._follow_edge)
        # The layout of an earlier start may not know it.
        self._by_name["runs"].hide()
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)

    def turn(self, name: str) -> None:
        """Show it, or hide it."""
        dock = self._by_name[name]
        dock.toggleViewAction().trigger()
        if name == "runs" and self.is_on(name) and dock.width() < _RUNS_WIDTH and not dock.isFloating():
            self.window.resizeDocks([dock], [_RUNS_WIDTH], Qt.Orientation.Horizontal)

    def is_on(self, name: str) -> bool:
        """Whether it is shown, or would be if none lay before it."""
        return self._by_name[name].toggleViewAction().isChecked()

    @property
    def width(self) -> int:
        """Of the window that they stand in."""
        return self.window.width()

    @property
    def state(self) -> QByteArray:
        """Where each is, for the next start."""
        return self.window.saveState(_VERSION)

    def restore(self, state: QByteArray) -> bool:
        """As they were left; False where that is of another version."""
        return self.window.restoreState(state, _VERSION)

    def arrange(self, layout: Layout) -> None:
        """Where a layout has them at first."""
        window, (setup, curves, inspector, runs) = self.window, self.docks
        width, height = window.width(), window.height()
        for dock, area in zip(self.docks, _AREAS, strict=True):
            dock.setFloating(False)
            window.addDockWidget(area, dock)
        shown, is_below = layout.docks(width, height), layout.runs_below(width)
        if is_below:
            window.splitDockWidget(curves, runs, Qt.Orientation.Horizontal)
        for name, dock in self._by_name.items():
            dock.setVisible(name in shown)
        window.resizeDocks([setup, inspector], [_SETUP_WIDTH, _beside_width(width)], Qt.Orientation.Horizontal)
        if is_below:
            window.resizeDocks([runs], [max(_RUNS_WIDTH, round(0.24 * width))], Qt.Orientation.Horizontal)
        elif "inspector" in shown:
            window.resizeDocks([inspector, runs], [height // 2] * 2, Qt.Orientation.Vertical)
        else:
            window.resizeDocks([runs], [max(_RUNS_WIDTH, round(0.22 * width))], Qt.Orientation.Horizontal)
        window.resizeDocks([curves], [_curves_height(layout, height)], Qt.Orientation.Vertical)

    def follow(self, layout: Layout, before: QSize) -> None:
        """The window had another size before: what still has the share that the layout gave it has its share again. What a
        person has drawn to a size of their own keeps that.
        """
        curves, beside = self._by_name["curves"], self._by_name["inspector"]
        now = self.window.size()
        shares = (
            (
                curves,
                curves.height(),
                Qt.Orientation.Vertical,
                [_curves_height(layout, of.height()) for of in (before, now)],
            ),
            (beside, beside.width(), Qt.Orientation.Horizontal, [_beside_width(of.width()) for of in (before, now)]),
        )
        for dock, size, way, (former, wanted) in shares:
            if abs(size - former) <= _ROUNDING and wanted != size and dock.isVisible() and not dock.isFloating():
                self.window.resizeDocks([dock], [wanted], way)

    def offer_exports(self, name: str, exports: Sequence[QAction]) -> None:
        """What the head of a dock offers to make of what it shows."""
        self._heads[name].offer(exports)

    def apply_theme(self, theme: Theme) -> None:
        """Their heads in the theme's colours."""
        for head in self._heads.values():
            head.apply_theme(theme)

    def _follow_edge(self) -> None:
        """What stands at the window's left edge keeps away from it."""
        if not isValid(self.window):
            # Docks that are taken down with their window say that they leave their places.
            return
        left = Qt.DockWidgetArea.LeftDockWidgetArea
        is_taken = any(
            dock.toggleViewAction().isChecked() and not dock.isFloating() and self.window.dockWidgetArea(dock) == left
            for dock in self.docks
        )
        for layout in self._edged:
            margins = layout.contentsMargins()
            margins.setLeft(0 if is_taken else _GAP)
            layout.setContentsMargins(margins)

    def _dock(self, name: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(name.capitalize(), self.window)
        dock.setObjectName(name)
        self._heads[name] = DockHead(dock, name.capitalize())
        dock.setTitleBarWidget(self._heads[name])
        dock.setWidget(content)
        self.window.addDockWidget(area, dock)
        return dock


def _curves_height(layout: Layout, height: int) -> int:
    """In a window so high."""
    return max(round(layout.curves * height) + _TIMELINE_HEIGHT, _LEAST_CURVES_HEIGHT)


def _beside_width(width: int) -> int:
    """Of the Inspector in a window so wide."""
    return max(_INSPECTOR_WIDTH, round(_BESIDE_SHARE * width))


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
