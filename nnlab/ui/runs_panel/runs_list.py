"""The list of runs, as those see it who do something with the runs that are selected there."""

from collections.abc import Mapping
from typing import Protocol

from nnlab.experiments.journal.records import RunRecord


class RunsList(Protocol):
    """The panel of the window."""

    @property
    def selected(self) -> tuple[int, ...]:
        """The numbers of the runs that are selected, in the order of the list."""
        ...

    @property
    def records(self) -> Mapping[int, RunRecord]:
        """The runs that are known, by their numbers."""
        ...

    def edit(self, number: int, column: str) -> None:
        """Have a cell edited in place."""
        ...

    def change(self, number: int, **columns: object) -> None:
        """Other marks of a run."""
        ...

    def delete(self, numbers: tuple[int, ...]) -> None:
        """Take runs off the list."""
        ...
