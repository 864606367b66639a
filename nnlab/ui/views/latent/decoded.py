"""What codes stand for, beside the plane of codes: example A, the decoded place, and the way from A to B."""

import math

import numpy as np
from PySide6.QtCore import QRectF

from nnlab.models.arrays import Array
from nnlab.probes.latent import LatentCodes
from nnlab.probes.picture_arrays import raw_pictures
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import Theme
from nnlab.ui.views.parts.board import Board

_LINE, _GAP = 20, 12
# In a low room the strip has no caption of its own: letters at its ends say the same.
_LOW, _LOW_LINE, _LOW_GAP = 150, 16, 4
_LETTER = 14  # pixels
_LARGEST_SCALE = 40
_RATIO = 1.8  # of a large picture to one of the strip, at least
_SHARES = (0.6, 0.55, 0.5, 0.45, 0.4)  # of the height, for the two large pictures


def example_picture(prepared: Prepared, part: str, place: int) -> Array:
    """The example at a place of a part, as it is in the data, as a picture (height, width, channels) of bytes.

    As for the probes, the training part stands for one that is empty, and the first example for one that is not there.
    """
    dataset, split = prepared.dataset, prepared.split
    if part == "test" and len(dataset.test):
        inputs, index = dataset.test.inputs, np.arange(len(dataset.test))
    else:
        inputs, index = dataset.train.inputs, split.validation if part == "validation" else split.train
        index = index if len(index) else split.train
    at = index[place if 0 <= place < len(index) else 0]
    picture: Array = raw_pictures(dataset, inputs[at : at + 1])[0]
    return picture


class DecodedPictures:
    """Lays out on a board: A beside what is decoded, and below them the strip."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.strip_places: list[QRectF] = []

    def draw(self, answer: LatentCodes, original: Array, captions: tuple[str, str, str], theme: Theme) -> None:
        """captions of the original, the decoded picture, and the strip."""
        width, height = self._board.size
        is_low = height < _LOW
        line, gap = (_LOW_LINE, _LOW_GAP) if is_low else (_LINE, _GAP)
        self._board.begin()
        strip_line = 0 if is_low else line
        top_height = _top_height(answer, original.shape[:2], (width, height), line, gap + strip_line)
        for column, (picture, caption) in enumerate(zip((original, answer.decoded[0]), captions, strict=False)):
            left = column * (width + _GAP) / 2
            half = (width - _GAP) / 2
            self._board.text(caption, left, 0, theme.text, bold=column == 1, width=half)
            self._show(picture, QRectF(left, line, half, top_height - line))
        top = top_height + gap
        if not is_low:
            self._board.text(captions[2], 0, top, theme.text, width=width)
            top += line
        room = self._between_letters(QRectF(0, top, width, max(height - top, 8.0)), is_low, theme)
        self.strip_places = strip_places(len(answer.strip), answer.strip.shape[1:3], room)
        for picture, place in zip(answer.strip, self.strip_places, strict=True):
            self._board.picture(_pixels(picture), place)
        self._board.end()

    def _between_letters(self, room: QRectF, has_letters: bool, theme: Theme) -> QRectF:
        """The room for the strip, with A before it and B behind it where it has no caption."""
        if not has_letters:
            return room
        for letter, x, side in (("A", room.left(), 0.0), ("B", room.right(), 1.0)):
            self._board.text(letter, x, room.center().y(), theme.muted, anchor=(side, 0.5))
        return room.adjusted(_LETTER, 0, -_LETTER, 0)

    def _show(self, picture: Array, room: QRectF) -> None:
        self._board.picture(_pixels(picture), _fitted(picture.shape[:2], room))


def _top_height(
    answer: LatentCodes, shape: tuple[int, ...], size: tuple[float, float], line: float, between: float
) -> float:
    """Of the two large pictures with their captions: where they and the strip together fill most of the room."""
    width, height = size
    most = (width - _GAP) / 2 + line

    def filled(share: float) -> float:
        top = min(share * height, most)
        large = _fitted(shape, QRectF(0, 0, (width - _GAP) / 2, max(top - line, 8.0)))
        room = QRectF(0, 0, width, max(height - top - between, 8.0))
        small = strip_places(len(answer.strip), answer.strip.shape[1:3], room)
        if not small:
            return large.height()
        # Small ones count more, since of them it is harder to see anything; but never are they as large as the others.
        ratio = large.height() / small[0].height()
        worth = math.log(large.height()) + 2 * math.log(small[0].height())
        return worth if ratio >= _RATIO else worth - 10 * (_RATIO - ratio)

    return min(max(_SHARES, key=filled) * height, most)


def strip_places(count: int, shape: tuple[int, ...], room: QRectF) -> list[QRectF]:
    """Places for so many pictures of a shape (height, width), in as many lines as makes them largest."""
    tall, wide = shape

    def scale(columns: int) -> float:
        rows = -(-count // columns)
        across, down = room.width() / columns - 4, room.height() / rows - 4
        return min(across / wide, down / tall, _LARGEST_SCALE)

    columns = max((-(-count // lines) for lines in (1, 2, 3)), key=scale)
    size = max(scale(columns), 0.05)
    size = math.floor(size) if size >= 2 else size
    return [
        QRectF(
            room.x() + number % columns * (wide * size + 4),
            room.y() + number // columns * (tall * size + 4),
            wide * size,
            tall * size,
        )
        for number in range(count)
    ]


def _fitted(shape: tuple[int, ...], room: QRectF) -> QRectF:
    """As large as the room allows, by a whole factor where pixels are large."""
    tall, wide = shape
    scale = min(max(min(room.width() / wide, room.height() / tall), 0.05), _LARGEST_SCALE)
    scale = math.floor(scale) if scale >= 2 else scale
    return QRectF(room.x(), room.y(), wide * scale, tall * scale)


def _pixels(picture: Array) -> Array:
    """(height, width, 3) from one or three channels."""
    return picture if picture.shape[2] == 3 else picture[..., :1].repeat(3, axis=2)
