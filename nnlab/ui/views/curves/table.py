"""The numbers behind the curves, as columns of a CSV file."""

from collections.abc import Sequence

import numpy as np

from nnlab.training.history import History
from nnlab.ui.views.curves.overlaid_run import OverlaidRun
from nnlab.ui.views.view import Table


def columns_of(history: History) -> Table:
    """One row per step (of a very long run, per several): all columns of the history, and the seconds of training.

    The epochs' figures stand on the rows of their last steps.
    """
    steps = {name: column.values for name, column in history.steps.items()}
    rows: Table = {name: list(values) for name, values in steps.items()}
    rows["seconds"] = ["" if np.isnan(value) else float(value) for value in history.seconds_after(steps["step"])]
    last = len(steps["step"]) - 1
    for table in (history.epochs, history.energies):
        at = np.minimum(np.searchsorted(steps["step"], table["step"].values), last)
        for name in list(table)[2:] if len(table["step"]) or table is history.epochs else ():
            column: list[float | str] = [""] * len(steps["step"])
            for place, value in zip(at, table[name].values, strict=True):
                column[place] = float(value)
            rows[f"epoch_{name}"] = column
    return rows


def columns_with(present: Table, others: Sequence[OverlaidRun], more: Table) -> Table:
    """Those of the present run, and beside them those of the others, whose names begin with the run's: "run 12 loss"."""
    table = dict(present)
    for run in others:
        called = "last run" if run.is_last else f"run {run.number}"
        table |= {f"{called} {name}": column for name, column in columns_of(run.history).items()}
    table |= more
    rows = max(map(len, table.values()), default=0)
    return {name: [*column, *[""] * (rows - len(column))] for name, column in table.items()}
