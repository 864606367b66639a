"""A sheet on which a view lays out pictures, frames and texts by the pixel, and that keeps its items from frame to frame."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QGraphicsSimpleTextItem

from nnlab.ui.theme import Theme
from nnlab.ui.views.parts.picture import Picture, Pixels, packed

_FONT_PIXELS = 12
_MOST_WIDTHS = 2000


class Board:
    """Coordinates are pixels of the screen from the upper left corner. Between `begin` and `end` everything is put anew.

    The n-th picture of a frame is the n-th item of the frame before: nothing is made while the layout stays, and what did
    not change costs next to nothing.
    """

    def __init__(self, canvas: pg.GraphicsLayoutWidget, resized: Callable[[], None]) -> None:
        self.box = canvas.addViewBox(row=0, col=0, invertY=True, enableMenu=False, enableMouse=False)
        self.box.setDefaultPadding(0)
        self.images: list[Picture] = []
        self._texts: list[QGraphicsSimpleTextItem] = []
        self._rectangles: list[QGraphicsRectItem] = []
        self._drawn: dict[object, tuple[Any, ...]] = {}
        self._used, self._visible = [0, 0, 0], [0, 0, 0]
        self._resized = resized
        self._table: tuple[np.ndarray | None, Pixels] = (None, np.empty(0, np.uint32))
        self._fonts = (_font(False), _font(True))
        self._metrics = tuple(QFontMetricsF(font) for font in self._fonts)
        self._widths: dict[tuple[str, bool], float] = {}
        self._mark = QGraphicsRectItem()
        self._mark.setZValue(3)
        self._mark.hide()
        self.box.addItem(self._mark, ignoreBounds=True)
        self.box.sigResized.connect(self._follow_size)
        self._follow_size()

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        return max(self.box.width(), 1.0), max(self.box.height(), 1.0)

    @property
    def texts(self) -> list[str]:
        """What can be read, in the order it was put."""
        return [text.text() for text in self._texts if text.isVisible()]

    def begin(self) -> None:
        """Start a frame."""
        self._visible = [max(pair) for pair in zip(self._visible, self._used, strict=True)]
        self._used = [0, 0, 0]

    def picture(self, pixels: np.ndarray, place: QRectF, lut: np.ndarray | None = None) -> None:
        """Indices (height, width) into a table, or colours (height, width, 3), first row on top, stretched to a place."""
        item = self._next(0, self.images, Picture)
        item.show_pixels(packed(pixels) if lut is None else self._packed(lut)[pixels], place)

    def _packed(self, lut: np.ndarray) -> Pixels:
        """A table (256, 3) of colours as one number each."""
        if self._table[0] is not lut:
            self._table = (lut, packed(lut))
        return self._table[1]

    def text(
        self,
        text: str,
        x: float,
        y: float,
        color: str,
        bold: bool = False,
        anchor: tuple[float, float] = (0, 0),
        width: float = math.inf,
    ) -> None:
        """Text, cut where it is wider than `width`; the anchor, from (0, 0) to (1, 1), is what stands at (x, y)."""
        if width < math.inf and self.width_of(text, bold) > width:
            text = self._metrics[bold].elidedText(text, Qt.TextElideMode.ElideRight, width)
        # Coordinates are pixels, so that a text needs no transformation of its own (as pyqtgraph's does, at 0.2 ms each).
        item = self._next(1, self._texts, QGraphicsSimpleTextItem)
        if self._changed(item, text, x, y, color, bold, anchor):
            item.setFont(self._fonts[bold])
            item.setBrush(QColor(color))
            item.setText(text)
            size = item.boundingRect()
            item.setPos(round(x - anchor[0] * size.width()), round(y - anchor[1] * size.height()))

    def message(self, sentence: str, color: str) -> None:
        """A sentence in the middle of the sheet, in as many lines as it takes."""
        width, height = self.size
        lines = [""]
        for word in sentence.split():
            longer = f"{lines[-1]} {word}".strip()
            has_room = not lines[-1] or self.width_of(longer) <= width - 8
            lines = [*lines[:-1], longer] if has_room else [*lines, word]
        line_height = self._metrics[0].lineSpacing()
        for number, line in enumerate(lines):
            middle = height / 2 + (number - (len(lines) - 1) / 2) * line_height
            self.text(line, width / 2, middle, color, anchor=(0.5, 0.5))

    def width_of(self, text: str, bold: bool = False) -> float:
        """How wide a text is."""
        width = self._widths.get((text, bold))
        if width is None:
            if len(self._widths) == _MOST_WIDTHS:
                self._widths.clear()
            # Asked of Qt it takes 10 us, and most texts are those of the frame before.
            width = self._widths[text, bold] = self._metrics[bold].horizontalAdvance(text)
        return width

    def rectangle(self, place: QRectF, line: str | None = None, fill: str | None = None, width: int = 2) -> None:
        """A frame, or a filled bar."""
        item = self._next(2, self._rectangles, QGraphicsRectItem)
        if self._changed(item, place, line, fill, width):
            item.setRect(place)
            item.setPen(pg.mkPen(line, width=width, cosmetic=True) if line else pg.mkPen(None))
            item.setBrush(QColor(fill) if fill else pg.mkBrush(None))

    def outline(self, place: QRectF, theme: Theme) -> None:
        """Around what is selected, told from whatever lies below."""
        self.rectangle(place, line=theme.surface, width=4)
        self.rectangle(place, line=theme.text, width=2)

    def mark(self, place: QRectF | None, color: str = "") -> None:
        """The frame around what is under the mouse, which comes and goes without a new frame of the rest."""
        self._mark.setVisible(place is not None)
        if place is not None and self._changed(self._mark, place, color):
            self._mark.setRect(place)
            self._mark.setPen(pg.mkPen(color, width=1, cosmetic=True))

    def end(self) -> None:
        """Hide what this frame has no use for."""
        kinds: tuple[Sequence[QGraphicsItem], ...] = (self.images, self._texts, self._rectangles)
        for items, used, visible in zip(kinds, self._used, self._visible, strict=True):
            for item in items[used:visible]:
                item.hide()
        self._visible = list(self._used)

    def point_at(self, scene_position: QPointF) -> QPointF:
        """Where the mouse is on the board."""
        point: QPointF = self.box.mapSceneToView(scene_position)
        return point

    def scene_position(self, x: float, y: float) -> QPointF:
        """Where a point of the board is in the scene."""
        position: QPointF = self.box.mapViewToScene(QPointF(x, y))
        return position

    def _next(self, kind: int, items: list[Any], make: Callable[[], Any]) -> Any:
        place = self._used[kind]
        self._used[kind] += 1
        if place == len(items):
            items.append(make())
            items[place].setZValue(kind if kind != 2 else 1)
            self.box.addItem(items[place], ignoreBounds=True)
        elif place >= self._visible[kind]:
            items[place].show()
        return items[place]

    def _changed(self, item: object, *now: Any) -> bool:
        before = self._drawn.get(id(item))
        self._drawn[id(item)] = now
        return before != now

    def _follow_size(self) -> None:
        width, height = self.size
        self.box.setRange(xRange=(0, width), yRange=(0, height), padding=0, disableAutoRange=True)
        self._resized()


def _font(is_bold: bool) -> QFont:
    font = QFont()
    font.setPixelSize(_FONT_PIXELS)
    font.setBold(is_bold)
    return font
