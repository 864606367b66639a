"""The curves of a run in its model file: rows of numbers, whose columns the metadata names.

Tensors      history.steps, history.epochs       rows of float64, in the order of the columns
             history.times                       rows of float64: after which step, so many seconds of training
             history.energies                    rows of float64: of a Boltzmann machine's epochs the free energies
             history.steps_waiting, ...          numbers that do not fill a row yet, where a row stands for several
Metadata     history (JSON): columns, strides, best

Files without them open with empty curves, and those of before times or energies were kept have none. Nothing is believed:
shapes, sizes, strides and numbers are checked.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlab.errors import ModelFileError
from nnlab.models.arrays import Array
from nnlab.models.metrics import score_of
from nnlab.targets import Targets
from nnlab.training.energies import ENERGY_COLUMNS
from nnlab.training.epoch_end import number_or_nan, number_or_none
from nnlab.training.history import MOST_ROWS, TIME_COLUMNS, History, epoch_columns, step_columns

_TABLES = {"steps": step_columns, "epochs": epoch_columns}
_LATER = {"times": TIME_COLUMNS, "energies": ENERGY_COLUMNS}  # which earlier files have not
_LARGEST_STRIDE = 2**40


def history_tensors(history: History) -> tuple[dict[str, Array], dict[str, str]]:
    """What goes into a model file: tensors, and metadata."""
    tensors: dict[str, Array] = {}
    strides = {}
    for table, named in history.tables.items():
        columns = list(named.values())
        strides[table] = columns[0].stride
        tensors[f"history.{table}"] = np.column_stack([column.values for column in columns])
        tensors[f"history.{table}_waiting"] = np.column_stack([column.waiting for column in columns])
    best = {name: number_or_none(value) for name, value in history.best.items()}
    facts = {"columns": _names(history), "strides": strides, "best": best}
    # A tensor without numbers says nothing.
    return {name: rows for name, rows in tensors.items() if rows.size}, {"history": json.dumps(facts)}


def parse_history(
    metadata: Mapping[str, str], tensors: Mapping[str, Array], number: int, targets: Targets = None
) -> History:
    """The curves in a model file up to the step at which its run stands; empty ones where it has none."""
    history = History(score=score_of(targets))
    if "history" not in metadata:
        return history
    facts = json.loads(metadata["history"])
    if not isinstance(facts, dict) or facts.get("columns") != _names(history):
        raise ModelFileError("its curves have other columns than nnlab's; save the model again")
    for table, names in {**_names(history), **_LATER}.items():
        stride = facts["strides"][table] if table in _TABLES else facts["strides"].get(table, 1)
        if type(stride) is not int or not 0 < stride <= _LARGEST_STRIDE or stride & (stride - 1):
            raise ModelFileError(f"its curves make no sense: a row of {table} stands for {str(stride)[:20]} numbers")
        rows = _rows(tensors, f"history.{table}", len(names), MOST_ROWS)
        waiting = _rows(tensors, f"history.{table}_waiting", len(names), stride - 1)
        if (np.diff(np.concatenate([rows[:, 0], waiting[:, 0]])) <= 0).any():
            raise ModelFileError(f"its curves make no sense: their {table} do not follow each other")
        for column, values, rest in zip(history.tables[table].values(), rows.T, waiting.T, strict=True):
            column.restore(values, stride, rest)
    history.best = _best(facts["best"], list(history.epochs))
    history.forget_after(number)
    return history


def _names(history: History) -> dict[str, list[str]]:
    return {table: list(columns(history.score.name)) for table, columns in _TABLES.items()}


def _rows(tensors: Mapping[str, Array], name: str, columns: int, most: int) -> Array:
    rows = tensors.get(name, np.empty((0, columns)))
    if rows.dtype != np.float64 or rows.ndim != 2 or rows.shape[1] != columns or len(rows) > most:
        raise ModelFileError(
            f"its curves make no sense: {name} is {rows.dtype} {rows.shape}, expected {columns} columns of float64 "
            f"and at most {most:,} rows"
        )
    if np.isinf(rows).any() or not np.isfinite(rows[:, :2]).all():
        raise ModelFileError(f"its curves make no sense: {name} holds numbers that are not finite")
    return rows


def _best(best: Any, columns: list[str]) -> dict[str, float]:
    if not best:
        return {}
    if not isinstance(best, dict) or list(best) != columns:
        raise ModelFileError(f"its curves make no sense: their best epoch is {str(best)[:80]}")
    if not all(value is None or (type(value) in (int, float) and math.isfinite(value)) for value in best.values()):
        raise ModelFileError(f"its curves make no sense: their best epoch is {str(best)[:80]}")
    return {name: number_or_nan(value) for name, value in best.items()}
