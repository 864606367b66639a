"""What a model file says of what its model tells: classes or values, how these are scaled, and how well it told them.

Nothing is believed before it is compared.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from nnlab.datasets.value_scaling import ValueScaling
from nnlab.errors import ModelFileError
from nnlab.models.arrays import Array
from nnlab.targets import Classes, Targets, Values


def described_values(targets: Targets) -> dict[str, str]:
    """What the metadata says of values, where the targets are some."""
    return {"values": json.dumps(asdict(targets))} if isinstance(targets, Values) else {}


def parse_targets(metadata: Mapping[str, str]) -> Targets:
    """Classes, values, or None; files of before there were values say nothing of them."""
    if "values" not in metadata:
        return Classes.of(str(name) for name in json.loads(metadata["classes"]))
    names, units = (tuple(map(str, json.loads(metadata["values"])[part])) for part in ("names", "units"))
    if not names or len(units) not in (0, len(names)):
        raise ModelFileError(f"what it says of its values makes no sense: {metadata['values'][:80]}")
    return Values(names, units)


def parse_value_scaling(rows: Array, count: int) -> ValueScaling:
    """Mean and deviation (2, K) of so many values."""
    if rows.shape != (2, count) or rows.dtype != np.float64 or not np.isfinite(rows).all() or not (rows[1] > 0).all():
        raise ModelFileError(f"its values' scaling is {rows.dtype} {rows.shape}, expected a mean and deviation for each")
    return ValueScaling(rows[0], rows[1])


def is_tally(best: Mapping[str, Any], targets: Targets) -> bool:
    """Whether what was predicted at the best epoch is told as it should be for such targets."""
    if not isinstance(targets, Values):
        return _are_cells(best["confusion"], targets.count if targets else 0)
    (total, *sums) = best["errors"]
    numbers = np.array(sums, np.float64)
    return len(total) == 1 and total[0] >= 0 and numbers.shape == (4, targets.count) and bool(np.isfinite(numbers).all())


def _are_cells(cells: object, classes: int) -> bool:
    """Whether these are rows of a true class, a predicted class, and a count."""
    if not isinstance(cells, list):
        return False
    table = np.array(cells or np.empty((0, 3), int))
    return (
        table.shape[1:] == (3,) and table.dtype.kind == "i" and bool((table >= 0).all() and (table[:, :2] < classes).all())
    )
