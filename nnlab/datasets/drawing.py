"""A drawing made ready for a model: cropped, scaled and centred the way the pictures of its data were."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnlab.datasets.dataset import Inputs
from nnlab.datasets.grey_range import BYTES, stretched
from nnlab.datasets.split import spread

Pixels = npt.NDArray[np.uint8]

_LOOKED_AT = 200
# Paper and compression leave a little noise on what is empty.
_NOISE = 16
# Of a picture smaller than this no surroundings can be told.
_SMALLEST = 4


@dataclass(frozen=True, eq=False)
class Drawing:
    """A picture that a person drew, made ready for the data's shape.  pixels (height, width, channels) uint8

    Every drawing is another one: two are never compared pixel by pixel.
    """

    pixels: Pixels


@dataclass(frozen=True)
class Framing:
    """How a dataset's pictures lie in their frame.

    MNIST (LeCun, Bottou, Bengio and Haffner 1998, section III.A): scaled to a box of 20x20, keeping the aspect, and shifted
    by whole pixels until the centre of mass lies in the middle of 28x28. Fashion-MNIST and the 8x8 digits fill the frame
    and are centred by their box. A photograph has no empty surroundings: then box is 0, and a drawing is taken as a whole.
    """

    shape: tuple[int, int, int]  # height, width, channels
    box: int  # the longer side of what is drawn, in pixels
    by_mass: bool
    is_inverted: bool  # dark on light, as pen on paper


def framing_of(pictures: Inputs, ends: tuple[float, float] = BYTES) -> Framing:
    """How some pictures (N, height, width, channels), whose ends are black and white, lie in their frames."""
    _, height, width, channels = pictures.shape
    grey = stretched(spread(pictures, _LOOKED_AT), ends).mean(axis=3)
    rim = np.concatenate([grey[:, 0], grey[:, -1], grey[:, :, 0], grey[:, :, -1]], axis=1)
    ground = float(np.median(rim)) if rim.size else 0.0
    ink = np.abs(grey - ground)
    boxes = [_box(picture > _NOISE) for picture in ink]
    found = [(box, picture) for box, picture in zip(boxes, ink, strict=True) if box is not None]
    without_surroundings = Framing((height, width, channels), 0, False, False)
    if not found or min(height, width) < _SMALLEST:
        return without_surroundings
    box = np.array([corners for corners, _ in found])
    extents = box[:, 1::2] - box[:, ::2]
    if (np.median(extents, axis=0) >= (height, width)).all():
        return without_surroundings
    mass = np.array([_centre_of_mass(picture) for _, picture in found])
    middles = (box[:, ::2] + box[:, 1::2]) / 2
    # What was aligned varies less than what was not.
    by_mass = bool(mass.std(axis=0).sum() < middles.std(axis=0).sum())
    return Framing((height, width, channels), int(np.median(extents.max(axis=1))), by_mass, is_inverted=ground > 127)


def prepare_drawing(canvas: Pixels, framing: Framing) -> Drawing | None:
    """A drawing (any height, any width), light ink on black, in the shape and manner of the data; None where it is empty."""
    corners = _box(canvas > 0)
    if corners is None:
        return None
    height, width, channels = framing.shape
    if framing.box:
        top, bottom, left, right = corners
        scale = framing.box / max(bottom - top, right - left)
    else:
        top, bottom, left, right = 0, canvas.shape[0], 0, canvas.shape[1]
        scale = min(height / bottom, width / right)
    rows = min(max(1, round((bottom - top) * scale)), height)
    columns = min(max(1, round((right - left) * scale)), width)
    # Along each axis every new pixel is the mean of what it covers: anti-aliasing, as MNIST's grey levels are.
    cropped = canvas[top:bottom, left:right].astype(np.float32)
    small = _means(bottom - top, rows) @ cropped @ _means(right - left, columns).T
    y, x = (height - rows + 1) // 2, (width - columns + 1) // 2
    if framing.by_mass:
        mass_y, mass_x = _centre_of_mass(small)
        # MNIST's centres of mass lie within pixel 14 of 28, counted from 0.
        y = min(max(height // 2 - int(mass_y), 0), height - rows)
        x = min(max(width // 2 - int(mass_x), 0), width - columns)
    frame = np.zeros((height, width), np.float32)
    frame[y : y + rows, x : x + columns] = small
    pixels = np.round(frame).astype(np.uint8)
    if not pixels.any():
        return None
    pixels = np.repeat((255 - pixels if framing.is_inverted else pixels)[:, :, None], channels, axis=2)
    pixels.flags.writeable = False
    return Drawing(pixels)


def _box(ink: npt.NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    """(top, bottom, left, right) around what is True, the ends excluded."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return None
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _centre_of_mass(picture: npt.NDArray[np.floating]) -> tuple[float, float]:
    """(y, x), where pixel 0 reaches from 0 to 1."""
    total = max(float(picture.sum()), 1e-12)
    height, width = picture.shape
    y = float(picture.sum(axis=1) @ (np.arange(height) + 0.5)) / total
    x = float(picture.sum(axis=0) @ (np.arange(width) + 0.5)) / total
    return y, x


def _means(count: int, cells: int) -> npt.NDArray[np.float32]:
    """The matrix (cells, count) that makes each of so many equal parts the mean of the pixels it covers."""
    edges = np.linspace(0, count, cells + 1)
    pixel = np.arange(count)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    return np.asarray(np.maximum(overlap, 0) * (cells / count), np.float32)
