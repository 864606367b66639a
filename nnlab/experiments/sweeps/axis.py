"""What one setting is tried at in a sweep: the values of a list, or any value between two bounds."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.models.arrays import Array

# More digits tell no trial from another, and differ from machine to machine where logarithms do.
_DIGITS = 6


@dataclass(frozen=True)
class Listed:
    """One of these values. They are as TOML has them: texts, numbers, or tables with a kind."""

    name: str
    values: tuple[Any, ...]

    @property
    def ends(self) -> tuple[Any, ...]:
        """What must fit into the experiment, for all of the axis to fit."""
        return self.values

    def in_grid(self) -> list[Any]:
        """The values that a grid has."""
        return list(self.values)

    @property
    def grid_size(self) -> int:
        """How many they are."""
        return len(self.values)

    def drawn(self, rng: np.random.Generator) -> Any:
        """One of them, each as likely as any other."""
        return self.values[int(rng.integers(len(self.values)))]

    def to_table(self) -> Any:
        """As TOML has it."""
        return list(self.values)


@dataclass(frozen=True)
class Range:
    """A number from low to high, ends included: whole numbers alone, or real ones with six digits.

    is_log: every factor, and not every difference, is as likely as any other    count: so many of them are in a grid
    """

    name: str
    low: float
    high: float
    is_log: bool = False
    count: int = 0
    is_whole: bool = field(default=False)

    @property
    def ends(self) -> tuple[Any, ...]:
        """What must fit into the experiment, for all of the axis to fit."""
        return self.low, self.high

    def in_grid(self) -> list[Any]:
        """`count` values in equal steps; of whole numbers, which may be fewer, by default all."""
        if not self.count:
            return list(range(int(self.low), int(self.high) + 1))
        spaced: Array = (np.geomspace if self.is_log else np.linspace)(self.low, self.high, self.count)
        return list(dict.fromkeys(self.settled(float(value)) for value in spaced))

    @property
    def grid_size(self) -> int:
        """How many they are, told without making a list of all whole numbers."""
        return len(self.in_grid()) if self.count else int(self.high) - int(self.low) + 1

    def drawn(self, rng: np.random.Generator) -> Any:
        """One of them."""
        # A whole number stands for all that is rounded down to it.
        low, high = (self.low, self.high + 1) if self.is_whole else (self.low, self.high)
        share = float(rng.random())
        value = low * (high / low) ** share if self.is_log else low + (high - low) * share
        return self.settled(math.floor(value) if self.is_whole else value)

    def settled(self, value: float) -> Any:
        """The number of the range that is meant by one near it."""
        rounded = round(value) if self.is_whole else float(f"{value:.{_DIGITS}g}")
        return min(max(rounded, self.low), self.high)

    def to_table(self) -> Any:
        """As TOML has it."""
        table: dict[str, Any] = {"low": self.low, "high": self.high}
        return table | ({"log": True} if self.is_log else {}) | ({"count": self.count} if self.count else {})


Axis = Listed | Range
