"""Which number is white in pictures that are no bytes: decided once, by all pictures that are learned from.

Decided picture by picture, each would have a contrast of its own. What was decided goes with the data, and with the model
that learned from it, so that test parts and other files become the same bytes.
"""

from collections.abc import Mapping
from typing import Any

from nnlab.datasets.words import shown
from nnlab.errors import ModelFileError

# By kind of number: the one that becomes the byte 255. Empty where all pictures were bytes.
Whites = Mapping[str, float]
WHOLE, FLOAT = "whole", "float"
BYTE = 255
# What models learned by whose files do not say what was white.
WHITES_BEFORE: Whites = {WHOLE: 2**16 - 1, FLOAT: 1}
# From which number to which white may lie: of whole numbers of 8 to 32 bits, and of float32.
_POSSIBLE = {WHOLE: (BYTE, 2.0**32 - 1), FLOAT: (2.0**-149, 2.0**128)}
# By so much rounding may carry a float beyond black and white.
ROUNDING = 1e-5


def white_of_integers(largest: float) -> float:
    """The largest number of the fewest bits that hold all, 8 at least: bytes stay bytes, and 12 bits in 16 are white."""
    return float(2 ** max(int(largest).bit_length(), 8) - 1)


def white_of_floats(largest: float) -> float:
    """1 by custom, or 255, where the numbers use most of that range; else the largest itself."""
    for custom in (1.0, float(BYTE)):
        if custom / 2 < largest <= custom * (1 + ROUNDING):
            return custom
    return largest if largest > 0 else 1.0


def parse_whites(table: Any) -> Whites:
    """Whites as a model file holds them; an error where they are none."""
    if not isinstance(table, dict) or not all(
        kind in _POSSIBLE and type(white) in (int, float) and _POSSIBLE[kind][0] <= white <= _POSSIBLE[kind][1]
        for kind, white in table.items()
    ):
        raise ModelFileError(f"what it says of white makes no sense: {shown(table, 80)}")
    return {kind: float(white) for kind, white in table.items()}
