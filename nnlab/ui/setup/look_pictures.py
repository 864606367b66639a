"""What a layer made of an example as small pictures: one for a row of a list, or several in a strip."""

import math
from functools import cache

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from nnlab.experiments.preview import LayerLook
from nnlab.models.arrays import Array
from nnlab.ui.example_images import to_image
from nnlab.ui.theme import Lut, Theme, signed_indices, signed_lut


def tiles_of(look: LayerLook, theme: Theme, across: int) -> list[QImage]:
    """Each map, or all units in rows of `across`, on the scale of the layer: orange, neutral at 0, blue."""
    lut, bound = _scale(theme), look.bound or 1.0
    pictures = [_in_rows(look.pictures[0, 0], across)] if _is_flat(look) else list(look.pictures)
    return [to_image(lut[signed_indices(picture, bound)]) for picture in pictures]


def icon_of(look: LayerLook, theme: Theme, side: int, ratio: float) -> QPixmap:
    """The map that varies most, or all units in a square."""
    pictures = look.pictures if _is_flat(look) else look.pictures[[int(look.pictures.var(axis=(1, 2)).argmax())]]
    across = math.ceil(math.sqrt(look.pictures.shape[2]))
    (tile,) = tiles_of(LayerLook(pictures, look.bound, look.units, look.alike), theme, across)
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        draw_within(painter, tile, QRectF(0, 0, side, side))
    return pixmap


def draw_within(painter: QPainter, tile: QImage, place: QRectF) -> None:
    """As large as it fits, in the middle: pixels stay pixels, what is made smaller is made so smoothly."""
    scale = min(place.width() / tile.width(), place.height() / tile.height())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
    width, height = scale * tile.width(), scale * tile.height()
    middle = place.center()
    painter.drawImage(QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height), tile)


@cache
def _scale(theme: Theme) -> Lut:
    return signed_lut(theme)


def _is_flat(look: LayerLook) -> bool:
    return look.pictures.shape[:2] == (1, 1)


def _in_rows(values: Array, across: int) -> Array:
    """A row of numbers as rows below each other, the rest of the last one empty."""
    rows = math.ceil(len(values) / across)
    filled = np.full(rows * across, np.nan, np.float32)
    filled[: len(values)] = values
    return filled.reshape(rows, across) if rows > 1 else values.reshape(1, -1)
