"""What single numbers are called: the inputs of an example by their columns or pixels, the units of a layer by counting."""

from dataclasses import dataclass

import numpy as np

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Names:
    """The names of the numbers of an array, asked for one by one, so that a picture's thousands cost nothing.

    A column has the name that stands above it in a table, a pixel its row and column; any other number is `word` and its
    place from 0, or without a word x₁, x₂ ... as in formulas.
    """

    shape: tuple[int, ...]
    columns: tuple[str, ...] = ()
    word: str = ""

    def name(self, place: int) -> str:
        """The name of number `place` of the array laid flat."""
        if place < len(self.columns) and self.columns[place]:
            return self.columns[place]
        if len(self.shape) == 3:
            row, column, channel = (int(at) for at in np.unravel_index(place, self.shape))
            return f"row {row}, column {column}" + (f", channel {channel}" if self.shape[2] > 1 else "")
        return f"{self.word} {place}" if self.word else f"x{place + 1}".translate(_SUBSCRIPTS)
