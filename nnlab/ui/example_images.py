"""A dataset's examples as pictures for the screen."""

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from nnlab.datasets.grey_range import BYTES, stretched

Pixels = npt.NDArray[np.uint8]


def as_pixels(pictures: npt.NDArray[np.generic], ends: tuple[float, float] = BYTES) -> Pixels:
    """Bytes (N, height, width, 1 or 3) of pictures (N, height, width, channels).

    Of bytes the ends become 0 and 255, and colours stay as they are. Any other number of channels becomes grey, and what is
    not bytes is stretched to 0 ... 255.
    """
    if pictures.shape[3] not in (1, 3):
        pictures = pictures.mean(axis=3, keepdims=True)
    if pictures.dtype == np.uint8:
        return np.ascontiguousarray(pictures if ends == BYTES else stretched(pictures, ends))
    values = np.nan_to_num(pictures.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    return stretched(values, (low, high) if high > low else (low, low + 1))


def to_image(pixels: Pixels) -> QImage:
    """A picture (height, width, 1 or 3) as an image that owns its pixels."""
    height, width, channels = pixels.shape
    pixels = np.ascontiguousarray(pixels)
    kind = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, width * channels, kind).copy()


def column_of(pixels: Pixels) -> QImage:
    """Many pictures below one another in one image: picture k begins at row k * height."""
    count, height, width, channels = pixels.shape
    return to_image(pixels.reshape(count * height, width, channels))
