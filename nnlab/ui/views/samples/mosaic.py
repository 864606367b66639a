"""Many pictures side by side in one image, grey, coloured or signed, that tells which pixel the mouse is on."""

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QPointF, QRectF, Qt, Signal

from nnlab.probes.mosaic import Mosaic, best_mosaic
from nnlab.ui.theme import LIGHT, Theme, grey_lut, signed_indices, signed_lut, unsigned_indices

_MASK_ALPHA = 110
# Of a picture's shorter side: a stroke of the mouse is about as wide as a pen's in the data.
_BRUSH = 0.08


class PictureMosaic(pg.ViewBox):
    """A mosaic in a box of its own. While `takes_strokes`, dragging the mouse emits the stroke and moves nothing."""

    stroked = Signal(QPointF, QPointF)  # from, to, in pixels of the mosaic

    def __init__(self) -> None:
        super().__init__(lockAspect=True, invertY=True, enableMenu=False)
        self.setDefaultPadding(0.0)
        self.setMouseEnabled(False, False)
        self.mosaic: Mosaic | None = None
        self.takes_strokes = False
        self._theme = LIGHT
        self.image = pg.ImageItem(axisOrder="row-major")
        self.mask = pg.ImageItem(axisOrder="row-major")
        self.mask.setZValue(1)
        self.mask.hide()
        self._frame = pg.QtWidgets.QGraphicsRectItem()
        self._mark = pg.QtWidgets.QGraphicsRectItem()
        self._marked: int | None = None
        for item in (self.image, self.mask, self._frame, self._mark):
            self.addItem(item)
        for frame in (self._frame, self._mark):
            frame.setZValue(2)
            frame.hide()
        self._tinted: np.ndarray | None = None
        self._show_again: Callable[[], None] | None = None
        self.sigResized.connect(self._follow_size)

    def recolor(self, theme: Theme) -> None:
        """The frames; pictures follow when they are shown again."""
        self._theme = theme
        self._mark.setPen(pg.mkPen(theme.accent, width=3, cosmetic=True))
        self._frame.setPen(pg.mkPen(theme.accent, width=2, cosmetic=True))

    def forget(self) -> None:
        """What stands there stays, but the arrays behind it go."""
        self._show_again = None

    def show_pictures(self, pictures: np.ndarray) -> None:
        """Pictures (count, height, width, channels) of bytes: three channels are colours, others are shown by their mean."""
        self._show_again = lambda: self.show_pictures(pictures)
        mosaic = self._arrange(pictures)
        if pictures.shape[3] not in (1, 3):
            pictures = pictures.mean(axis=3, keepdims=True)
        planes = [unsigned_indices(mosaic.assemble(pictures[..., index]), 0.0, 255.0) for index in range(pictures.shape[3])]
        if len(planes) == 1:
            self.image.setImage(planes[0], autoLevels=False, levels=(0, 255), lut=grey_lut(self._theme))
        else:
            # Through the table plane by plane, so that gaps have the ground's colour and 254 is white.
            table = grey_lut(self._theme)
            colors = np.stack([table[plane, channel] for channel, plane in enumerate(planes)], axis=2)
            self.image.setImage(colors, autoLevels=False, levels=(0, 255), lut=None)

    def show_signed(self, tiles: np.ndarray, bound: float) -> None:
        """Tiles (count, height, width) from -bound to bound."""
        self._show_again = lambda: self.show_signed(tiles, bound)
        indices = signed_indices(self._arrange(tiles[..., None]).assemble(tiles), bound)
        self.image.setImage(indices, autoLevels=False, levels=(0, 255), lut=signed_lut(self._theme))

    def show_mask(self, mask: np.ndarray | None) -> None:
        """Tint the pixels of a mask (height, width) in every picture; None tints nothing."""
        self._tinted = mask
        self.mask.setVisible(mask is not None and self.mosaic is not None)
        if mask is None or self.mosaic is None:
            return
        tiled = self.mosaic.assemble(np.broadcast_to(mask.astype(np.float32), (self.mosaic.count, *mask.shape)))
        color = pg.mkColor(self._theme.accent)
        table = np.zeros((256, 4), np.ubyte)
        table[1:] = (color.red(), color.green(), color.blue(), _MASK_ALPHA)
        self.mask.setImage(np.nan_to_num(tiled).astype(np.uint8), autoLevels=False, levels=(0, 255), lut=table)

    def pixel_at(self, scene_position: QPointF) -> tuple[int, int, int] | None:
        """(picture, row, column) under a point of the scene."""
        if self.mosaic is None or not self.sceneBoundingRect().contains(scene_position):
            return None
        point = self.mapSceneToView(scene_position)
        return self.mosaic.tile_at(point.x(), point.y())

    def under_stroke(self, start: QPointF, stop: QPointF) -> np.ndarray | None:
        """Which pixels (height, width) of the picture in which a stroke began lie under it; None where it hit none."""
        mosaic = self.mosaic
        first = mosaic and (mosaic.tile_at(start.x(), start.y()) or mosaic.tile_at(stop.x(), stop.y()))
        if not mosaic or not first:
            return None
        corner_x, corner_y = mosaic.corner_of(first[0])
        under = np.zeros((mosaic.height, mosaic.width), bool)
        rows, columns = np.indices(under.shape) + 0.5
        radius = max(_BRUSH * min(under.shape), 0.5)
        # Dots so close to each other that they make a line.
        length = max(abs(stop.x() - start.x()), abs(stop.y() - start.y()))
        for share in np.linspace(0, 1, int(length / radius) + 2):
            across = start.x() + share * (stop.x() - start.x()) - corner_x - 1
            down = start.y() + share * (stop.y() - start.y()) - corner_y - 1
            under |= (rows - down) ** 2 + (columns - across) ** 2 <= radius**2
        return under if under.any() else None

    def frame(self, tile: int | None) -> None:
        """Put the frame around a picture, that under the mouse; None hides it."""
        self._place(self._frame, tile)

    def mark(self, tile: int | None) -> None:
        """Put a bolder frame around a picture, the selected one; None hides it."""
        self._marked = tile
        self._place(self._mark, tile)

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        """A stroke, or nothing: mosaics are not moved about."""
        event.accept()
        if self.takes_strokes and event.button() == Qt.MouseButton.LeftButton:
            before = event.buttonDownPos() if event.isStart() else event.lastPos()
            self.stroked.emit(self.mapToView(before), self.mapToView(event.pos()))

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """A dot."""
        if self.takes_strokes and event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            point = self.mapToView(event.pos())
            self.stroked.emit(point, point)

    def _place(self, frame: pg.QtWidgets.QGraphicsRectItem, tile: int | None) -> None:
        mosaic = self.mosaic
        if tile is None or mosaic is None or tile >= mosaic.count:
            frame.setVisible(False)
            return
        frame.setVisible(True)
        frame.setRect(QRectF(*mosaic.frame_of(tile)))

    def _follow_size(self) -> None:
        """Another shape of area may want another number of columns."""
        mosaic = self.mosaic
        if mosaic is None or self._show_again is None:
            return
        if self._best(mosaic.count, mosaic.height, mosaic.width) != mosaic:
            self._show_again()
            self.show_mask(self._tinted)

    def _best(self, count: int, height: int, width: int) -> Mosaic:
        size = self.size()
        return best_mosaic(count, height, width, max(size.width(), 20) / max(size.height(), 20))

    def _arrange(self, pictures: np.ndarray) -> Mosaic:
        best = self._best(*pictures.shape[:3])
        if best != self.mosaic:
            self.mosaic = best
            self.frame(None)
            self.mark(self._marked)
            rows, columns = best.shape
            self.setRange(xRange=(0, columns), yRange=(0, rows), padding=0)
        return best
