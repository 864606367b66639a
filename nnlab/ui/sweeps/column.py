"""What all trials of a sweep have of one setting or one figure, as numbers that can lie on an axis."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.experiments.sweeps.axis import Axis, Range
from nnlab.models.arrays import Array
from nnlab.words import figure, shown

# From so many times the smallest on, figures are drawn by their logarithms.
_WIDE = 50.0
_LONGEST = 40


@dataclass(frozen=True, eq=False)
class Column:
    """values (n,): numbers, or places among the levels; NaN where a trial has none.

    levels: of a list of values their texts, which lie equally far apart    low, high: the ends of the axis
    """

    name: str
    title: str
    values: Array
    low: float
    high: float
    is_log: bool = False
    is_whole: bool = False
    levels: tuple[str, ...] = ()

    def text(self, value: float) -> str:
        """A value as a person reads it."""
        if not math.isfinite(value):
            return "none"
        if self.levels:
            return self.levels[round(value)]
        return f"{value:,.0f}" if self.is_whole and abs(value) < 1e15 else figure(value)

    def scaled(self, values: Array | float) -> Array:
        """Where they lie on the axis: at their logarithms where it is logarithmic."""
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Array = np.log10(values) if self.is_log else np.asarray(values, float)
        return found

    @property
    def span(self) -> tuple[float, float]:
        """The ends of the axis, scaled; levels have half of their distance to spare."""
        if self.levels:
            return -0.5, len(self.levels) - 0.5
        low, high = float(self.scaled(self.low)), float(self.scaled(self.high))
        return (low, high) if low < high else (low - 0.5, high + 0.5)

    @property
    def ends(self) -> tuple[float, float]:
        """The values at the ends of the axis."""
        low, high = self.span
        return (10**low, 10**high) if self.is_log else (low, high)

    def shares(self, values: Array | None = None) -> Array:
        """From 0, the lower end of the axis, to 1, the upper one."""
        low, high = self.span
        found: Array = (self.scaled(self.values if values is None else values) - low) / (high - low)
        return found


def column_of_axis(axis: Axis, title: str, choices: Sequence[Mapping[str, Any]]) -> Column:
    """Of what is varied: the ends are those that were given, whatever has been tried so far."""
    chosen = [found.get(axis.name) for found in choices]
    if isinstance(axis, Range):
        values = np.array([_number(value) for value in chosen], float)
        return Column(axis.name, title, values, axis.low, axis.high, axis.is_log, axis.is_whole)
    texts = [value_text(value) for value in sorted_values(axis.values)]
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    values = np.array([places.get(value_text(value), math.nan) for value in chosen], float)
    return Column(axis.name, title, values, 0, len(places) - 1, levels=tuple(places))


def column_of_figures(name: str, title: str, figures: Sequence[float | None]) -> Column:
    """Of what came of the trials: from the lowest to the highest."""
    values = np.array([_number(value) for value in figures], float)
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    return Column(name, title, values, low, high, is_log=low > 0 and high / low > _WIDE)


def sorted_values(values: Sequence[Any]) -> list[Any]:
    """Numbers by size; what is not all numbers as it was given."""
    are_numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return sorted(values) if are_numbers else list(values)


def value_text(value: Any) -> str:
    """A value of a setting in a line: 0.05, on, adam, momentum (momentum 0.8)."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float):
        return figure(value, 6)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{name} {value_text(one)}" for name, one in value.items() if name != "kind")
        return shown(f"{value.get('kind', '')} ({inner})" if inner else value.get("kind", ""), _LONGEST)
    if isinstance(value, list | tuple):
        return shown(", ".join(map(value_text, value)), _LONGEST)
    return shown(value, _LONGEST)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
