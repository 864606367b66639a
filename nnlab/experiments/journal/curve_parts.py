"""A history in the store: what is new of its rows, as parts that are added, and the parts together as a history again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.errors import RunStoreError
from nnlab.models.arrays import Array
from nnlab.models.metrics import CLASS_METRICS, VALUE_METRICS
from nnlab.models.metrics.metric import Metric
from nnlab.training.history import MOST_ROWS, History

_TABLES = ("steps", "epochs", "times")
_SCORES: tuple[Metric[Any], ...] = (CLASS_METRICS[0], VALUE_METRICS[0])


@dataclass(frozen=True, eq=False)
class CurvePart:
    """Rows of a table (steps, epochs, times) of a history from place `first` on, flat; each stands for `stride` numbers."""

    name: str
    first: int
    stride: int
    rows: Array


@dataclass
class CurveParts:
    """What of a history has been written already."""

    _written: dict[str, tuple[int, int]] = field(default_factory=dict)

    def new_of(self, history: History) -> list[CurvePart]:
        """The parts that are to be written now."""
        parts = []
        for name in _TABLES:
            columns = list(getattr(history, name).values())
            stride, count = columns[0].stride, len(columns[0])
            known_stride, known = self._written.get(name, (stride, 0))
            # Rows that became coarser are other rows; of a run that went back the last ones are.
            first = 0 if stride != known_stride else min(known, count)
            if count > first or (stride, count) != (known_stride, known):
                rows = np.column_stack([column.values[first:] for column in columns]).ravel()
                parts.append(CurvePart(name, first, stride, rows))
            self._written[name] = (stride, count)
        return parts

    def begin_anew(self) -> None:
        """All is to be written again, as one part."""
        self._written = dict.fromkeys(_TABLES, (0, 0))


def history_of(parts: Sequence[CurvePart], step: int, score: str) -> History:
    """The history up to a step, with the score of this name. Raises RunStoreError where the parts make no sense."""
    history = History(score=next((first for first in _SCORES if first.name == score), _SCORES[0]))
    for name in _TABLES:
        columns = list(getattr(history, name).values())
        stride, rows = _together([part for part in parts if part.name == name], len(columns))
        for column, values in zip(columns, rows.T, strict=True):
            column.restore(values, stride, np.empty(0))
    history.forget_after(step)
    return history


def _together(parts: Sequence[CurvePart], width: int) -> tuple[int, Array]:
    rows, stride = np.empty((0, width)), 1
    for part in parts:
        if part.rows.size % width or part.first > len(rows) or len(rows) > MOST_ROWS or part.stride < 1:
            raise RunStoreError(f"the curves of this run make no sense ({part.name} from row {part.first:,})")
        stride = part.stride
        rows = np.concatenate([rows[: part.first], part.rows.reshape(-1, width)])
    return stride, rows
