"""A sweep: one experiment, the settings that are varied of it, and how it is chosen what to try."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nnlab.experiments.experiment import Experiment, with_values
from nnlab.experiments.sweeps.axis import Axis, Listed
from nnlab.experiments.sweeps.search import Grid, Result, Search
from nnlab.experiments.variations import words_of
from nnlab.words import shown

_LONGEST_NAME = 80


@dataclass(frozen=True)
class Sweep:
    """Everything that decides its trials; `near` are folders where an encoder of the data may lie."""

    name: str
    base: Experiment
    axes: tuple[Axis, ...]
    search: Search = field(default_factory=Grid)
    near: tuple[Path, ...] = field(default=(), compare=False)

    @property
    def count(self) -> int:
        """How many trials there are in all."""
        return self.search.count(self.axes)

    @property
    def most_different(self) -> float:
        """How many trials can differ at most: of lists of values the combinations, of a range no end of them."""
        return math.prod(axis.grid_size if isinstance(axis, Listed) else math.inf for axis in self.axes)

    def proposed(self, results: Sequence[Result]) -> list[dict[str, Any]]:
        """What the next trials choose, by what came of those before."""
        return self.search.proposed(self.axes, results)

    def experiment(self, choices: Mapping[str, Any]) -> Experiment:
        """What a trial trains. Raises SettingError or ShapeError where its choices do not go together."""
        # A name is no setting: trials that choose the same give the same bits.
        return replace(with_values(self.base, choices.items()), name=f"{self.base.name}: {self._words(choices)}")

    def _words(self, choices: Mapping[str, Any]) -> str:
        """What a trial chooses, in words that no other trial has: lists of equally many layers have their places besides."""
        axes = {axis.name: axis.values for axis in self.axes if isinstance(axis, Listed)}
        words = (_told_apart(name, value, axes.get(name, ())) for name, value in choices.items())
        return shown(", ".join(words), _LONGEST_NAME)


def _told_apart(name: str, value: Any, values: Sequence[Any]) -> str:
    words = words_of(name, value)
    alike = [other for other in values if words_of(name, other) == words]
    return words if len(alike) < 2 or value not in alike else f"{words} ({alike.index(value) + 1})"


def choice_words(choices: Mapping[str, Any]) -> str:
    """What a trial chooses, in a line: adam, lr 0.1."""
    return shown(", ".join(words_of(name, value) for name, value in choices.items()), _LONGEST_NAME)
