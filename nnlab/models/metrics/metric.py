"""What a metric is: a number that says how good predictions are, and how it is called and written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from nnlab.models.arrays import Array

Tallied = TypeVar("Tallied")


@dataclass(frozen=True)
class Metric(Generic[Tallied]):
    """A metric of predictions whose right and wrong were added up in a tally, over as many chunks as there are.

    name is its word in files and in JSON, title what a person reads; form is how Python formats it. `of` makes it of a tally
    of the whole part, so that it is the same however the part was cut; `hits` is given where it is a share of the examples
    that only the outputs (N, K) tell, beside the targets (N,).
    """

    name: str
    title: str
    formula: str
    form: str
    is_greater_better: bool
    of: Callable[[Tallied], float] | None = None
    hits: Callable[[Array, Array], int] | None = None
    # Of fewer classes or values it says nothing.
    fewest: int = 1
    # Whether training tells it of every part of the data, and not of the test examples alone.
    of_every_part: bool = False
    # Whether it is summed up over the classes, and called by its bare name in reports.
    is_macro: bool = False

    @property
    def is_share(self) -> bool:
        """Whether it is written as a percentage."""
        return self.form.endswith("%")

    def text(self, value: float) -> str:
        """The value as a person reads it."""
        return f"{value:{self.form}}"
