"""Runs beside each other: the settings that differ, their figures, and each against the first."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.experiments.journal.differing import differing_names
from nnlab.experiments.journal.records import RunRecord

Figures = Mapping[str, float | None]


@dataclass(frozen=True)
class Comparison:
    """Of two runs or more; values stand in the order of the runs, None where a run has none.

    settings: those that are not the same in all, by dotted names    figures: of each, by the names of the history's columns
    differences: of the figures, of each run less the first one's
    """

    runs: tuple[int, ...]
    names: tuple[str, ...]
    settings: Mapping[str, tuple[Any, ...]]
    figures: Mapping[str, tuple[float | None, ...]]
    differences: Mapping[str, tuple[float | None, ...]]


def compared(records: Sequence[RunRecord]) -> Comparison:
    """What the store says of them; nothing is trained or read for it."""
    tables = [record.settings for record in records]
    names = dict.fromkeys(name for record in records for name in record.figures)
    figures = {name: tuple(record.figures.get(name) for record in records) for name in names}
    return Comparison(
        tuple(record.number for record in records),
        tuple(record.name for record in records),
        {name: tuple(table.get(name) for table in tables) for name in differing_names(tables)},
        figures,
        {name: tuple(_difference(values[0], value) for value in values) for name, values in figures.items()},
    )


def _difference(first: float | None, other: float | None) -> float | None:
    if first is None or other is None or not (math.isfinite(first) and math.isfinite(other)):
        return None
    return other - first
