"""What a model learns to tell of an example: which of some classes it is, or real values; None where there is nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from nnlab.words import counted


@dataclass(frozen=True)
class Classes:
    """One of several classes: per example a whole number from 0, which counts the names."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, names: Iterable[str]) -> Self | None:
        """Classes of these names; None where there are none."""
        found = tuple(names)
        return cls(found) if found else None

    @property
    def count(self) -> int:
        """How many classes there are."""
        return len(self.names)

    @property
    def words(self) -> str:
        """In a sentence: 3 classes."""
        return counted(self.count, "class", "classes")


@dataclass(frozen=True)
class Values:
    """Real numbers: per example one for each name. units are those of the names, "" where none is known."""

    names: tuple[str, ...]
    units: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many values each example has."""
        return len(self.names)

    @property
    def words(self) -> str:
        """In a sentence: 2 values."""
        return counted(self.count, "value")


Targets = Classes | Values | None


def words_of(targets: Targets) -> str:
    """How many there are, in a sentence: 3 classes, 2 values, no classes."""
    return targets.words if targets is not None else "no classes"


def class_names(targets: Targets) -> tuple[str, ...]:
    """The names of the classes; none where the targets are no classes."""
    return targets.names if isinstance(targets, Classes) else ()
