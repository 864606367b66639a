"""What one movement of the pen does to the points of the plane, from press to release. No Qt."""

import math
from collections.abc import Iterator

import numpy as np

from nnlab.datasets.drawn import MOST_POINTS, drawn_point
from nnlab.settings import Rows

TOOLS = ("paint", "spray", "move", "erase")
# Shares of the plane's reach: between painted points, across the spray and the eraser, and how near a point is meant.
_SPACING = 0.07
_SPRAY = 0.12
_ERASER = 0.06
_NEAR = 0.08
_DROPS = 3


class Stroke:
    """Points (x, y, class) as they stand while the pen is down."""

    def __init__(self, tool: str, label: int, rows: Rows, reach: float, rng: np.random.Generator) -> None:
        self.rows = rows
        self.before = rows
        self._act = {"paint": self._paint, "spray": self._spray, "move": self._move, "erase": self._erase}[tool]
        self._is_moving = tool == "move"
        self._label = label
        self._reach = reach
        self._rng = rng
        self._at: tuple[float, float] | None = None
        self._held: int | None = None

    def go_to(self, x: float, y: float) -> None:
        """The pen is here now. A quick hand leaves no gaps: the way is walked in small steps."""
        for step in self._way_to(x, y):
            self._act(*step)
            self._at = step

    def _way_to(self, x: float, y: float) -> Iterator[tuple[float, float]]:
        if self._at is None or self._is_moving:
            yield x, y
            return
        (x0, y0), spacing = self._at, _SPACING * self._reach
        steps = int(math.hypot(x - x0, y - y0) / spacing)
        for number in range(1, steps + 1):
            share = number * spacing / math.hypot(x - x0, y - y0)
            yield x0 + share * (x - x0), y0 + share * (y - y0)

    def _paint(self, x: float, y: float) -> None:
        if max(abs(x), abs(y)) <= self._reach and len(self.rows) < MOST_POINTS:
            self.rows = (*self.rows, drawn_point(x, y, self._label))

    def _spray(self, x: float, y: float) -> None:
        for _ in range(_DROPS):
            across, up = self._rng.normal(0, _SPRAY * self._reach, 2)
            self._paint(x + float(across), y + float(up))

    def _erase(self, x: float, y: float) -> None:
        near = _ERASER * self._reach
        self.rows = tuple(row for row in self.rows if math.hypot(row[0] - x, row[1] - y) > near)

    def _move(self, x: float, y: float) -> None:
        if self._at is None:
            self._held = self._nearest(x, y)
        elif self._held is not None:
            across, up = (min(max(place, -self._reach), self._reach) for place in (x, y))
            moved = drawn_point(across, up, int(self.rows[self._held][2]))
            self.rows = (*self.rows[: self._held], moved, *self.rows[self._held + 1 :])

    def _nearest(self, x: float, y: float) -> int | None:
        distances = [math.hypot(row[0] - x, row[1] - y) for row in self.rows]
        nearest = int(np.argmin(distances)) if distances else 0
        return nearest if distances and distances[nearest] <= _NEAR * self._reach else None
