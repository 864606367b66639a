"""What the curves lie over: epochs, batches, or seconds of training."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnlab.models.arrays import Array
from nnlab.training.history import History, Series

# What can be chosen, and what the axis is then called.
AXES = {"epochs": "epoch", "batches": "batch", "seconds": "seconds of training"}


def along(axis: str, history: History, table: Mapping[str, Series]) -> Array:
    """Where the rows of a table of the history (its steps, its epochs) lie; NaN where that is not known."""
    if axis == "seconds":
        return history.seconds_after(table["step"].values)
    return table["epoch" if axis == "epochs" else "step"].values


def known_steps(axis: str, history: History) -> Array:
    """The rows of the history's steps that have a place on the axis."""
    return np.flatnonzero(np.isfinite(along(axis, history, history.steps)))


def place_of(axis: str, history: History, number: float) -> float:
    """Where a step lies, whether or not it has a row of its own; NaN where that is not known."""
    return float(places_of(axis, history, [number])[0])


def places_of(axis: str, history: History, numbers: Sequence[float]) -> Array:
    """The same of several."""
    if not numbers:
        return np.empty(0)
    x, steps = along(axis, history, history.steps), history.steps["step"].values
    x, steps = x[np.isfinite(x)], steps[np.isfinite(x)]
    if not len(x):
        return np.where(np.array(numbers) == 0, 0.0, np.nan)
    found: Array = np.interp(numbers, np.append(0.0, steps), np.append(0.0, x))
    return found
