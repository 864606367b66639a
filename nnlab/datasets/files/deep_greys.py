"""Grey pictures of more than eight bits, as bytes: which number is white.

TIFF and PNG have it that of whole numbers it is the largest that the bits can hold; of floats it is 1, by custom. Cameras
put 12 bits into 16, and programs put bytes into 16 or 32, unchanged. So all pictures that are learned from are looked at
first: their largest number tells (whites.py), for all of them alike and for those that come later.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.files.whites import BYTE, FLOAT, ROUNDING, WHOLE, Whites, white_of_floats, white_of_integers
from nnlab.errors import DatasetError

if TYPE_CHECKING:
    from PIL.Image import Image

# Tags of TIFF.
_WHITE_IS_ZERO, _SAMPLE_FORMAT = 262, 339
_SIGNED = 2

Greys = npt.NDArray[np.uint8]


def is_deep(picture: "Image") -> bool:
    """Whether Pillow has it as whole numbers of more bits, or as floats."""
    return picture.mode.startswith(("I", "F"))


def reach_of(picture: "Image", name: str) -> tuple[str, float]:
    """The kind of a deep picture's numbers, and the largest of them. Raises DatasetError where they have no black."""
    numbers = _numbers(picture, name)
    return (FLOAT if picture.mode == "F" else WHOLE), float(numbers.max())


def whites_of(reaches: list[tuple[str, float]]) -> Whites:
    """What is white among all these pictures, of each kind of number that they hold."""
    largest: dict[str, float] = {}
    for kind, reach in reaches:
        largest[kind] = max(largest.get(kind, 0.0), reach)
    return {kind: (white_of_floats if kind == FLOAT else white_of_integers)(reach) for kind, reach in largest.items()}


def as_bytes(picture: "Image", name: str, whites: Whites) -> Greys:
    """Black is 0 and white 255 (height, width); what is brighter than white is white. Of a kind of number that nobody has
    looked at before, the picture itself tells.
    """
    numbers = _numbers(picture, name)
    kind, largest = reach_of(picture, name)
    white = whites.get(kind) or whites_of([(kind, largest)])[kind]
    if kind == FLOAT:
        grey: Greys = np.rint(np.clip(numbers / white, 0, 1) * BYTE).astype(np.uint8)
    else:
        # The upper eight bits of those that are used.
        grey = np.minimum(numbers >> (int(white).bit_length() - 8), BYTE).astype(np.uint8)
    tags = getattr(picture, "tag_v2", {})
    return np.bitwise_not(grey) if tags.get(_WHITE_IS_ZERO, 1) == 0 else grey


def _numbers(picture: "Image", name: str) -> npt.NDArray[Any]:
    """Whole numbers from 0, or finite floats from 0."""
    numbers = np.asarray(picture)
    if picture.mode == "F":
        if not np.isfinite(numbers).all():
            raise DatasetError(f"{name}: holds floats that are not finite; save it as PNG")
        low, high = float(numbers.min()), float(numbers.max())
        if low < -ROUNDING * max(high, 1.0):
            raise DatasetError(
                f"{name}: holds floats from {low:g} to {high:g}, expected 0 (black) or more; scale them, or save it as PNG"
            )
        return numbers.astype(np.float64)
    # Pillow has numbers without a sign as such with one, of the same bits.
    is_signed = _SIGNED in getattr(picture, "tag_v2", {}).get(_SAMPLE_FORMAT, ())
    return (np.maximum(numbers, 0) if is_signed else numbers).astype(np.uint32)
