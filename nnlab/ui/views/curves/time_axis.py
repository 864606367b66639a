"""What the curves lie over: epochs, batches, or seconds of training."""

from collections.abc import Mapping

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


def place_of(axis: str, history: History, number: float) -> float:
    """Where a step lies, whether or not it has a row of its own; NaN where that is not known."""
    x, steps = along(axis, history, history.steps), history.steps["step"].values
    x, steps = x[np.isfinite(x)], steps[np.isfinite(x)]
    if not number:
        return 0.0
    return float(np.interp(number, np.append(0.0, steps), np.append(0.0, x))) if len(x) else np.nan
