"""The keyboard's way to what is clicked on a canvas: arrow keys go from spot to spot, Enter is a click."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QGraphicsRectItem, QScrollArea

from nnlab.ui.widgets.canvas import NOWHERE, Canvas

Array = npt.NDArray[np.floating]

_WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
_BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
# How much farther a spot counts that lies aside, and not in the way one goes.
_ASIDE = 3.0


class Spots(NamedTuple):
    """What can be clicked on a canvas now.

    places (N, 4): left, top, width and height in the scene    name: what the n-th is, in words
    """

    places: Array
    name: Callable[[int], str]


NO_SPOTS = Spots(np.zeros((0, 4)), str)


class KeyClick(NamedTuple):
    """What handlers of clicks ask of a click."""

    position: QPointF

    def scenePos(self) -> QPointF:
        """Where it is."""
        return self.position

    def button(self) -> Qt.MouseButton:
        """As good as the left one."""
        return Qt.MouseButton.LeftButton


# What a canvas tells of, whichever of the two has clicked.
Click: TypeAlias = MouseClickEvent | KeyClick


class KeyboardPointer(QObject):
    """Stands in for the mouse on a canvas that was reached with Tab: what the mouse shows and does, it shows and does.

    After a click the arrow keys go on to mean the window's.
    """

    def __init__(self, canvas: Canvas, spots: Callable[[], Spots]) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._spots = spots
        self._at: QPointF | None = None
        self._has_keys = False
        self.frame = QGraphicsRectItem()
        self.frame.setZValue(1000)
        self.frame.hide()
        canvas.scene().addItem(self.frame)
        canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys while the canvas has them; everything else goes its way."""
        if isinstance(event, QFocusEvent):
            self._follow_focus(event)
        elif event.type() == QEvent.Type.Resize and self._has_keys:
            self._leave()
        elif self._has_keys and isinstance(event, QKeyEvent) and event.modifiers() in _PLAIN:
            is_own = event.key() in _WAYS or event.key() in _ENTER
            if is_own and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            elif is_own and event.type() == QEvent.Type.KeyPress:
                self._press(Qt.Key(event.key()))
            return is_own
        return False

    def _follow_focus(self, event: QFocusEvent) -> None:
        if event.type() == QEvent.Type.FocusOut:
            self._leave()
        elif event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self._has_keys = event.reason() in _BY_TAB
        if event.type() == QEvent.Type.FocusIn and self._has_keys:
            self._go((0, 0))

    def _press(self, key: Qt.Key) -> None:
        if key in _WAYS:
            self._go(_WAYS[key])
        # After a resize something else lies there.
        elif self._at is not None and self.frame.isVisible():
            self._canvas.scene().sigMouseClicked.emit(KeyClick(self._at))

    def _go(self, way: tuple[int, int]) -> None:
        """To the next spot that lies there; without a way to the nearest, which is the first at the beginning."""
        places, name = self._spots()
        if not len(places):
            self._leave()
            return
        found = 0 if self._at is None else nearest(places, self._at, way)
        if found is not None:
            self._stand(QRectF(*places[found]), name(found))

    def _stand(self, place: QRectF, name: str) -> None:
        self._at = place.center()
        # Not the accent: that is the colour of what is selected, and of many a cell.
        self.frame.setPen(pg.mkPen(self._canvas.palette().color(QPalette.ColorRole.WindowText), width=2, cosmetic=True))
        self.frame.setRect(place)
        self.frame.show()
        self._reveal(self._at)
        # Assistive technology is told when it changes.
        self._canvas.setAccessibleDescription(name)
        self._canvas.scene().sigMouseMoved.emit(self._at)

    def _reveal(self, point: QPointF) -> None:
        """Scroll it into sight, wherever the canvas lies in something that scrolls."""
        seen, around = self._canvas.viewport(), self._canvas.parentWidget()
        while around is not None:
            if isinstance(around, QScrollArea):
                place = seen.mapTo(around.widget(), self._canvas.mapFromScene(point))
                around.ensureVisible(place.x(), place.y())
            around = around.parentWidget()

    def _leave(self) -> None:
        if self.frame.isVisible():
            self.frame.hide()
            self._canvas.scene().sigMouseMoved.emit(NOWHERE)


def nearest(places: Array, start: QPointF, way: tuple[int, int]) -> int | None:
    """The place whose middle is nearest to a point, of those that lie this way (right, down) from it; None if none does."""
    away = places[:, :2] + places[:, 2:] / 2 - (start.x(), start.y())
    if way == (0, 0):
        return int(np.hypot(*away.T).argmin())
    along = away @ way
    aside = np.abs(away @ (way[1], way[0]))
    cost = np.where(along > 0.5, along + _ASIDE * aside, np.inf)
    return int(cost.argmin()) if np.isfinite(cost).any() else None


def numbers_of(place: QRectF) -> tuple[float, float, float, float]:
    """Left, top, width and height of a rectangle."""
    return place.x(), place.y(), place.width(), place.height()


def in_scene(box: pg.ViewBox, places: npt.ArrayLike, margin: float = 0.0) -> Array:
    """Rectangles (N, 4) in the coordinates of a box as they lie in its scene, with a margin in pixels around them."""
    corner, other = box.mapViewToScene(QPointF(0, 0)), box.mapViewToScene(QPointF(1, 1))
    scale = np.array([other.x() - corner.x(), other.y() - corner.y()])
    places = np.asarray(places, float).reshape(-1, 4)
    first = places[:, :2] * scale + (corner.x(), corner.y())
    second = first + places[:, 2:] * scale
    low, high = np.minimum(first, second) - margin, np.maximum(first, second) + margin
    return np.hstack([low, high - low])
