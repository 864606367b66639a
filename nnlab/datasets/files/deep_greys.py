"""Grey pictures of more than eight bits, as bytes: which number is white.

Of whole numbers it is the largest that the bits can hold, as TIFF and PNG have it; of floats it is 1, by custom. Programs
also put bytes into 32 bits unchanged: they are told by being so small that nothing could be seen of them otherwise. Any
other picture would come out black, or with a contrast of its own among those of its class, and is refused.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nnlab.errors import DatasetError

if TYPE_CHECKING:
    from PIL.Image import Image

# Tags of TIFF.
_BITS, _WHITE_IS_ZERO, _SAMPLE_FORMAT = 258, 262, 339
_SIGNED = 2
_BYTE = 255
# By so much rounding may carry a float beyond black and white.
_ROUNDING = 1e-5

Greys = npt.NDArray[np.uint8]


def is_deep(picture: "Image") -> bool:
    """Whether Pillow has it as whole numbers of more bits, or as floats."""
    return picture.mode.startswith(("I", "F"))


def as_bytes(picture: "Image", name: str) -> Greys:
    """Black is 0 and white 255 (height, width). Raises DatasetError where white cannot be told."""
    tags = getattr(picture, "tag_v2", {})
    numbers = np.asarray(picture)
    if picture.mode == "F":
        grey = _of_floats(numbers, name)
    else:
        is_signed = _SIGNED in tags.get(_SAMPLE_FORMAT, ())
        grey = _of_integers(numbers, int(tags.get(_BITS, (16,))[0]), is_signed, name)
    return np.bitwise_not(grey) if tags.get(_WHITE_IS_ZERO, 1) == 0 else grey


def _of_integers(numbers: npt.NDArray[Any], bits: int, is_signed: bool, name: str) -> Greys:
    """The upper eight bits, or the numbers as they are where they are those of bytes."""
    # Pillow has numbers without a sign as such with one, of the same bits.
    deep = (np.maximum(numbers, 0) if is_signed else numbers).astype(np.uint32)
    shift, largest = bits - is_signed - 8, int(deep.max())
    # Of 16 bits small numbers are a dark picture; of 32 nobody could tell it from black.
    if bits > 16 and not largest >> shift:
        if largest > _BYTE:
            raise DatasetError(
                f"{name}: holds {bits}-bit numbers, and the largest, {largest:,}, does not tell which is white; "
                f"save it as PNG, or with numbers up to {_BYTE}"
            )
        shift = 0
    grey: Greys = np.minimum(deep >> shift, _BYTE).astype(np.uint8)
    return grey


def _of_floats(numbers: npt.NDArray[Any], name: str) -> Greys:
    """From 0, black, to 1, white."""
    if not np.isfinite(numbers).all():
        raise DatasetError(f"{name}: holds floats that are not finite; save it as PNG")
    low, high = float(numbers.min()), float(numbers.max())
    if low < -_ROUNDING or high > 1 + _ROUNDING:
        raise DatasetError(
            f"{name}: holds floats from {low:g} to {high:g}, expected 0 (black) to 1 (white); scale them, or save it as PNG"
        )
    grey: Greys = np.rint(np.clip(numbers, 0, 1) * _BYTE).astype(np.uint8)
    return grey
