"""What a reader is given, and what it gives back."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.cache import Cache
from nnlab.datasets.files.settings import FileSettings
from nnlab.datasets.files.whites import Whites
from nnlab.report import Report
from nnlab.targets import Values

Array = npt.NDArray[Any]

# A larger number is refused wherever it stands in a file: its square would be none.
LARGEST_NUMBER = float(np.finfo(np.float32).max)
# Rows of so many numbers may be pictures, when they are a square number.
_FEWEST_PIXELS = 64


@dataclass(frozen=True)
class GivenValues:
    """Values that are to be told of examples, and what they are called.   numbers (N, K)"""

    numbers: npt.NDArray[np.float64]
    described: Values


@dataclass(frozen=True)
class Part:
    """Examples as they stand in a file.

    inputs (N, height, width, channels) uint8 or (N, features)    labels (N,) whole numbers as in the file, or None

    Where `names` are given, labels count them.
    """

    where: str  # the file's name, for sentences
    inputs: Array
    labels: npt.NDArray[np.int64] | None
    names: tuple[str, ...] = ()
    layout: object = None  # what a reader wants to remember for the test part
    label_where: str = ""  # the labels in a sentence, where they have a name of their own
    whites: Whites = field(default_factory=dict)  # how pictures that were no bytes became such
    file_names: tuple[str, ...] = ()  # of the examples, where each is a file of its own
    values: GivenValues | None = None  # in place of labels

    @property
    def is_labelled(self) -> bool:
        """Whether it is known what is to be told of the examples."""
        return self.labels is not None or self.values is not None


@dataclass(frozen=True)
class Found:
    """What a path holds: examples, and perhaps test examples that came with them."""

    train: Part
    test: Part | None = None


@dataclass(frozen=True)
class Reading:
    """How to read: the settings, where to keep what takes long, whom to tell, and the part that has to be matched."""

    settings: FileSettings
    cache: Cache
    report: Report
    seed: int = 0  # decides which examples are set apart
    is_flat: bool = False  # whether rows of numbers stay rows of numbers
    like: Part | None = None
    is_alone: bool = False  # whether test files beside the one that is named are left alone: for predictions
    ignores_labels: bool = False  # whatever stands in the labels' place, even nothing, is right: for predictions

    @property
    def wants_labels(self) -> bool:
        """Whether files of labels are looked for."""
        return self.settings.label != "none" and not self.ignores_labels


def picture_side(features: int) -> int:
    """The side of the square picture that so many numbers may be; 0 where they are none."""
    side = math.isqrt(max(features, 0))
    return side if side * side == features >= _FEWEST_PIXELS else 0


def could_be_pixels(features: int) -> bool:
    """Whether so many numbers may be a square picture, grey or in three colours."""
    return picture_side(features) > 0 or (features % 3 == 0 and picture_side(features // 3) > 0)


def as_pictures(rows: Array, is_flat: bool) -> Array:
    """Rows of bytes (N, side * side) as pictures (N, side, side, 1), unless they shall stay flat or fill no square."""
    side = picture_side(rows.shape[1])
    if is_flat or not side or rows.dtype != np.uint8:
        return rows
    return rows.reshape(len(rows), side, side, 1)
