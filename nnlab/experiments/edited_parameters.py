"""Parameters changed by hand, as a model file tells of them: which, and what training had made of each."""

import json
import math
from typing import Any

from nnlab.errors import ModelFileError
from nnlab.models.parameters import Parameters

# By tensor and position, as a TrainingRun has them.
Edited = dict[tuple[str, tuple[int, ...]], float]


def format_edited(edited: Edited) -> str:
    """[[tensor, position, value], ...] as JSON."""
    return json.dumps([[tensor, list(position), before] for (tensor, position), before in edited.items()])


def parse_edited(text: str, parameters: Parameters) -> Edited:
    """The other way, of parameters that are there; raises ModelFileError where they are not."""
    rows = json.loads(text)
    if not isinstance(rows, list) or not all(_is_place(row, parameters) for row in rows):
        raise ModelFileError(f"what it says of parameters changed by hand makes no sense: {text[:80]}")
    return {(tensor, tuple(position)): float(before) for tensor, position, before in rows}


def _is_place(row: Any, parameters: Parameters) -> bool:
    """Whether this is a tensor's name, a position inside of it, and a number."""
    if not (isinstance(row, list) and len(row) == 3 and isinstance(row[0], str) and isinstance(row[1], list)):
        return False
    return (
        all(type(place) is int for place in row[1])
        and parameters.holds(row[0], tuple(row[1]))
        and type(row[2]) in (int, float)
        and math.isfinite(row[2])
    )
