"""What the selected layer makes of an example: its maps side by side, or its units in rows."""

import math

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QImage, QPainter, QPaintEvent

from nnlab.experiments.preview import LayerLook
from nnlab.ui.setup.look_pictures import draw_within, tiles_of
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.widgets.hover_text import HoverText
from nnlab.words import figure

_SIDE, _GAP = 32, 4
_CELL = 8


class LookStrip(HoverText):
    """As many maps as there is room for, from the first."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("What the selected layer makes of an example")
        self.setFixedHeight(_SIDE)
        self._theme: Theme = LIGHT
        self._look: LayerLook | None = None
        self._tiles: list[QImage] = []

    def apply_theme(self, theme: Theme) -> None:
        """Its scale of colours."""
        self._theme = theme
        self.show_look(self._look)

    def show_look(self, look: LayerLook | None) -> None:
        """Of a layer; nothing where none has been taken."""
        self._look = look
        self._tiles = tiles_of(look, self._theme, self._across(look)) if look is not None else []
        self.setVisible(look is not None)
        self.update()

    def text_at(self, position: QPoint) -> str:
        """How the colours are meant."""
        look = self._look
        if look is None:
            return ""
        return f"One example before training: orange below 0, blue above, full colour at ±{figure(look.bound, 3)}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """The tiles from left to right."""
        with QPainter(self) as painter:
            if self._is_rows:
                tile = self._tiles[0]
                side = min(_CELL, _SIDE / tile.height())
                draw_within(painter, tile, QRectF(0, 0, side * tile.width(), side * tile.height()))
                return
            for number, tile in enumerate(self._tiles[: self.width() // (_SIDE + _GAP)]):
                draw_within(painter, tile, QRectF(number * (_SIDE + _GAP), 0, _SIDE, _SIDE))

    @property
    def _is_rows(self) -> bool:
        return self._look is not None and self._look.pictures.shape[:2] == (1, 1)

    def _across(self, look: LayerLook) -> int:
        """Rows as wide as the strip; more units than it holds in a square, in which a picture can be seen again."""
        wide, count = max(self.width() // _CELL, 1), look.pictures.shape[2]
        return wide if count <= wide * (_SIDE // _CELL) else math.ceil(math.sqrt(count))
