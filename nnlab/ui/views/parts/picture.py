"""One picture on a board: pixels that Qt paints by itself, without Python's lock and without a second copy."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsPixmapItem

Pixels = npt.NDArray[np.uint32]  # (height, width), each 0xffRRGGBB: what Qt draws as it is, where other orders are converted
_SHIFTS = np.array([16, 8, 0], np.uint32)


def packed(colors: npt.NDArray[np.uint8]) -> Pixels:
    """Red, green, blue (..., 3) as one number each (...)."""
    return np.asarray((colors[..., :3].astype(np.uint32) << _SHIFTS).sum(axis=-1, dtype=np.uint32) | np.uint32(0xFF000000))


class Picture(QGraphicsPixmapItem):
    """Stretched over its place, a pixel stays a sharp rectangle.

    pyqtgraph's ImageItem is told its pixels in 0.05 ms and paints them in Python, which has to wait for the training thread.
    """

    def __init__(self) -> None:
        super().__init__()
        # Qt's own would look for the outline of what is not transparent.
        self.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)
        self.setTransformationMode(Qt.TransformationMode.FastTransformation)
        self._pixels: Pixels = np.zeros((0, 0), np.uint32)
        self._place = QRectF()

    @property
    def image(self) -> npt.NDArray[np.uint8]:
        """Its colours: red, green, blue (height, width, 3)."""
        return (self._pixels[..., None] >> _SHIFTS).astype(np.uint8)

    def show_pixels(self, pixels: Pixels, place: QRectF) -> None:
        """What did not change is not painted again."""
        is_same_size = pixels.shape == self._pixels.shape
        if not is_same_size or not np.array_equal(pixels, self._pixels):
            height, width = pixels.shape
            self._pixels = np.ascontiguousarray(pixels)
            shown = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
            self.setPixmap(QPixmap.fromImage(shown, Qt.ImageConversionFlag.NoFormatConversion))
        if not is_same_size or place != self._place:
            height, width = max(pixels.shape[0], 1), max(pixels.shape[1], 1)
            self._place = QRectF(place)
            self.setPos(place.topLeft())
            self.setTransform(QTransform.fromScale(place.width() / width, place.height() / height))
