"""A history in the store: what is new of its rows, as parts that are added, and the parts together as a history again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nnlab.errors import RunStoreError
from nnlab.models.arrays import Array
from nnlab.models.metrics import score_named
from nnlab.training.history import MOST_ROWS, History

# More are not read in an eyeblink.
_MOST_PARTS = 128


@dataclass(frozen=True, eq=False)
class CurvePart:
    """Rows of a table of a history (`History.tables`) from place `first` on, flat; each stands for `stride` numbers."""

    name: str
    first: int
    stride: int
    rows: Array


@dataclass
class CurveParts:
    """What of a history has been written already: per table how many numbers a row stands for, how many rows, in how many
    parts.
    """

    _written: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def new_of(self, history: History) -> list[CurvePart]:
        """The parts that are to be written now."""
        new = []
        for name, table in history.tables.items():
            columns = list(table.values())
            stride, count = columns[0].stride, len(columns[0])
            known_stride, known, parts = self._written.get(name, (stride, 0, 0))
            # Rows that became coarser are other rows; of a run that went back the last ones are. Many parts become one.
            first = 0 if stride != known_stride or parts >= _MOST_PARTS else min(known, count)
            if count > first or (stride, count) != (known_stride, known):
                rows = np.column_stack([column.values[first:] for column in columns]).ravel()
                new.append(CurvePart(name, first, stride, rows))
                parts = parts + 1 if first else 1
            self._written[name] = (stride, count, parts)
        return new

    def begin_anew(self) -> None:
        """All is to be written again, as one part."""
        self._written = dict.fromkeys(History().tables, (0, 0, 0))


def history_of(parts: Sequence[CurvePart], step: int, score: str) -> History:
    """The history up to a step, with the score of this name. Raises RunStoreError where the parts make no sense."""
    history = History(score=score_named(score))
    for name, table in history.tables.items():
        columns = list(table.values())
        stride, rows = _together([part for part in parts if part.name == name], len(columns))
        for column, values in zip(columns, rows.T, strict=True):
            column.restore(values, stride, np.empty(0))
    history.forget_after(step)
    return history


def _together(parts: Sequence[CurvePart], width: int) -> tuple[int, Array]:
    stride, count = 1, 0
    longest = max((part.first + part.rows.size // width for part in parts), default=0)
    rows = np.empty((min(longest, MOST_ROWS), width))
    for part in parts:
        added = part.rows.size // width
        if part.rows.size % width or not 0 <= part.first <= count or part.first + added > MOST_ROWS or part.stride < 1:
            raise RunStoreError(f"the curves of this run make no sense ({part.name} from row {part.first:,})")
        rows[part.first : part.first + added] = part.rows.reshape(-1, width)
        stride, count = part.stride, part.first + added
    return stride, rows[:count]
