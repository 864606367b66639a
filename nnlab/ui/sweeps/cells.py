"""A column cut into the cells of a heat map: one for every level, or stretches of an axis of numbers."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nnlab.models.arrays import Array
from nnlab.ui.sweeps.column import Column
from nnlab.words import figure

# Of numbers that were drawn, so many stretches; of those that stand in a grid every one, up to so many.
_STRETCHES, _MOST_VALUES = 8, 24


@dataclass(frozen=True, eq=False)
class Cells:
    """places (n,): in which cell a trial is, -1 for none    names: of the cells, as they stand at the axis"""

    count: int
    places: Array
    names: tuple[str, ...]


def cells_of(column: Column) -> Cells:
    """All levels, all values where there are few, or else stretches that are equally long on the axis."""
    values, known = column.values, np.isfinite(column.values)
    if column.levels:
        return Cells(len(column.levels), _whole(values, known), column.levels)
    single = np.unique(values[known])
    if 0 < len(single) <= min(_MOST_VALUES, max(known.sum() // 2, 1)):
        places = np.searchsorted(single, np.where(known, values, single[0]))
        return Cells(len(single), _whole(places, known), tuple(map(column.text, single.tolist())))
    shares = np.nan_to_num(column.shares())
    places = np.clip(np.floor(shares * _STRETCHES), 0, _STRETCHES - 1)
    edges = (np.geomspace if column.is_log else np.linspace)(*column.ends, _STRETCHES + 1)
    texts = [figure(edge, 3) for edge in edges.tolist()]
    return Cells(_STRETCHES, _whole(places, known), tuple(f"{a} – {b}" for a, b in pairwise(texts)))


def means(x: Cells, y: Cells, values: Array) -> tuple[Array, Array]:
    """Of every cell (rows, columns) the mean of its trials' values, NaN where there is none, and how many there are."""
    known = np.isfinite(values) & (x.places >= 0) & (y.places >= 0)
    at = y.places[known] * x.count + x.places[known]
    size = x.count * y.count
    counts = np.bincount(at, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.bincount(at, values[known], minlength=size) / np.where(counts, counts, np.nan)
    return found.reshape(y.count, x.count), counts.reshape(y.count, x.count)


def _whole(places: Array, known: Array) -> Array:
    return np.where(known, np.nan_to_num(places), -1).astype(np.intp)
