"""Which part of a diagram's height each column has: all of it, or a lane beside those of other branches."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.probes.columns import Column
from nnlab.probes.lanes import Lane, rows_of, ways_at

# A way around is a line with a word on it.
_AROUND = 24.0
# A caption, some units and a scale.
LEAST_LANE = 108.0


@dataclass(frozen=True)
class Band:
    """From top to bottom, in pixels."""

    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way."""
        return (self.top + self.bottom) / 2


def least_height(columns: Sequence[Column], lane: Lane = ()) -> float:
    """What the columns of a lane, and the lanes between them, need to be read; a way around has none."""
    inside = [place for place, column in enumerate(columns) if column.lanes == lane]
    if not inside:
        return _AROUND
    beside = [sum(least_height(columns, way) for _, way in ways_at(columns, place)) for place in inside]
    return max(LEAST_LANE, *beside)


def bands_of(columns: Sequence[Column], height: float) -> dict[Lane, Band]:
    """Every lane's part of this height: branches have equal parts for each that lies in them."""
    bands: dict[Lane, Band] = {(): Band(0.0, height)}
    _divide(columns, (), bands)
    return bands


def _divide(columns: Sequence[Column], lane: Lane, bands: dict[Lane, Band]) -> None:
    """Give the lanes inside of a lane their parts of its band."""
    band = bands[lane]
    for place in [place for place, column in enumerate(columns) if column.lanes == lane and column.joins is not None]:
        ways = [way for _, way in ways_at(columns, place)]
        rows = [rows_of(columns, way) for way in ways]
        around = min(_AROUND, (band.bottom - band.top) / (2 * len(ways)))
        each = (band.bottom - band.top - around * rows.count(0)) / max(sum(rows), 1)
        top = band.top
        for way, count in zip(ways, rows, strict=True):
            tall = each * count if count else around
            bands[way] = Band(top, top + tall)
            top += tall
            _divide(columns, way, bands)
