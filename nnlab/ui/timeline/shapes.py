"""The shapes of marks, around the line that they stand on: points (across, down) in pixels."""

import math

from nnlab.ui.views.curves.legend import STAR_COLOR

_ABOVE = -9.0


def _star(radius: float, y: float) -> tuple[tuple[float, float], ...]:
    turns = [(index, math.pi * index / 5 - math.pi / 2) for index in range(10)]
    reach = (radius, radius * 0.42)
    return tuple((reach[index % 2] * math.cos(turn), y + reach[index % 2] * math.sin(turn)) for index, turn in turns)


SHAPES: dict[str, tuple[tuple[float, float], ...]] = {
    "tick": ((-0.5, -5), (0.5, -5), (0.5, 5), (-0.5, 5)),
    "triangle": ((-4, _ABOVE - 3), (4, _ABOVE - 3), (0, _ABOVE + 4)),
    "diamond": ((0, _ABOVE - 4.5), (4, _ABOVE), (0, _ABOVE + 4.5), (-4, _ABOVE)),
    "square": ((-3.5, _ABOVE - 3.5), (3.5, _ABOVE - 3.5), (3.5, _ABOVE + 3.5), (-3.5, _ABOVE + 3.5)),
    "star": _star(6, _ABOVE + 1),
}

__all__ = ["SHAPES", "STAR_COLOR"]
