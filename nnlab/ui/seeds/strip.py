"""The seeds side by side: of each its picture, its figure and what went wrong with it."""

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from nnlab.ui.seeds.tile import Tile
from nnlab.ui.seeds.tile_painter import CAPTION_GAP, TilePainter
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.widgets.explained import literally

_GAP = 12
_LEAST = 28
_NO_PLACE = -1
_NOT_FULL = 0.9
_EDGE = 4  # for the outline of the one that is meant
# Width over height, at least and at most: a plane is square, a curve takes the room that there is.
_PLANE, _CURVE = (1.0, 1.0), (1.2, 1.8)


class SeedStrip(QWidget):
    """One widget for all of them, in as many columns as make the pictures largest. Arrow keys choose, Enter opens."""

    chosen = Signal(int)  # a seed is meant
    opened = Signal(int)  # its run is wanted in the window

    def __init__(self) -> None:
        super().__init__()
        self.tiles: tuple[Tile, ...] = ()
        self.images: dict[int, QImage] = {}  # by seed; where there is none the curve is drawn
        self.seed: int | None = None  # the one that is meant
        self.is_plane = False
        self._ticked: Mapping[int, QColor] = {}
        self._theme = LIGHT
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Seeds")
        self.setMinimumSize(320, 200)

    def show_tiles(self, tiles: Sequence[Tile], is_plane: bool) -> None:
        """These seeds; is_plane: whether pictures are of the plane, and square."""
        self.tiles, self.is_plane = tuple(tiles), is_plane
        seeds = {tile.seed for tile in tiles}
        self.images = {seed: image for seed, image in self.images.items() if seed in seeds}
        if self.seed not in seeds:
            self.seed = None
        self._describe()
        self.update()

    def show_image(self, seed: int, image: QImage) -> None:
        """A newer picture of one."""
        self.images[seed] = image
        self.update()

    def forget_images(self) -> None:
        """They are of other seeds' runs."""
        self.images.clear()
        self.update()

    def mark_ticked(self, colors: Mapping[int, QColor]) -> None:
        """Those that lie over the curves, by seed in which colour."""
        self._ticked = dict(colors)
        self.update()

    def choose(self, seed: int | None) -> None:
        """Mean this one."""
        if seed != self.seed and seed is not None:
            self.seed = seed
            self._describe()
            self.update()
            self.chosen.emit(seed)

    def apply_theme(self, theme: Theme) -> None:
        """Its colours."""
        self._theme = theme
        self.update()

    @property
    def columns(self) -> int:
        """In how many columns the pictures are largest."""
        count = max(len(self.tiles), 1)

        def worth(columns: int) -> float:
            """A row that is not full looks as if some were missing."""
            size = self._size(columns)
            return math.sqrt(size.width() * size.height()) * (1.0 if count % columns == 0 else _NOT_FULL)

        return max(range(1, count + 1), key=lambda columns: (worth(columns), -columns))

    def places(self) -> list[QRect]:
        """Where each of them is, with its caption."""
        columns = self.columns
        size = self._size(columns)
        whole = QSize(size.width(), size.height() + self._caption)
        rows = -(-len(self.tiles) // columns)
        # In the middle of what room there is.
        left = (self.width() - columns * whole.width() - (columns - 1) * _GAP) // 2
        top = max((self.height() - rows * whole.height() - (rows - 1) * _GAP) // 2, 0)
        return [
            QRect(
                QPoint(left + place % columns * (whole.width() + _GAP), top + place // columns * (whole.height() + _GAP)),
                whole,
            )
            for place in range(len(self.tiles))
        ]

    def sizeHint(self) -> QSize:
        """As large as there is room for."""
        return QSize(720, 420)

    def paintEvent(self, event: QPaintEvent) -> None:
        """All of them; the pictures lie in images."""
        with QPainter(self) as painter:
            drawing = TilePainter(painter, self._theme, self.tiles)
            for tile, place in zip(self.tiles, self.places(), strict=True):
                box = place.adjusted(0, 0, 0, -self._caption)
                drawing.draw(tile, box, self.images.get(tile.seed))
                drawing.caption(tile, place.adjusted(0, box.height(), 0, 0), self._ticked.get(tile.seed))
                if tile.seed == self.seed:
                    drawing.outline(box, self.hasFocus())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """It is meant."""
        self.choose(self._seed_at(event.position().toPoint()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Its run is wanted."""
        if (seed := self._seed_at(event.position().toPoint())) is not None:
            self.opened.emit(seed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows go from one to the next, Enter opens."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns}
        step = next((step for key, step in steps.items() if event.key() == key), 0)
        if step and self.tiles:
            place = self._place
            after = 0 if place == _NO_PLACE else place + step
            if 0 <= after < len(self.tiles):
                self.choose(self.tiles[after].seed)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.seed is not None:
            self.opened.emit(self.seed)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Hovering tells all that is known of one."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            seed = self._seed_at(event.pos())
            words = next((tile.words for tile in self.tiles if tile.seed == seed), "")
            QToolTip.showText(event.globalPos(), literally(words) if words else "", self)
            return True
        return super().event(event)

    def _describe(self) -> None:
        self.setAccessibleDescription(next((tile.words for tile in self.tiles if tile.seed == self.seed), "none is chosen"))

    @property
    def _place(self) -> int:
        return next((place for place, tile in enumerate(self.tiles) if tile.seed == self.seed), _NO_PLACE)

    def _seed_at(self, point: QPoint) -> int | None:
        places = zip(self.tiles, self.places(), strict=True)
        return next((tile.seed for tile, place in places if place.contains(point)), None)

    @property
    def _caption(self) -> int:
        return self.fontMetrics().height() + CAPTION_GAP

    def _size(self, columns: int) -> QSize:
        """Of a picture, in so many columns."""
        rows = -(-len(self.tiles) // columns) or 1
        wide = (self.width() - 2 * _EDGE - (columns - 1) * _GAP) // columns
        high = (self.height() - 2 * _EDGE - (rows - 1) * _GAP) // rows - self._caption
        least, most = _PLANE if self.is_plane else _CURVE
        width = max(min(wide, int(high * most)), _LEAST)
        return QSize(width, max(min(high, int(width / least)), int(width / most)))
