"""Which breakpoints hold where a run stands, as a model file tells of it."""

import json
from typing import Any

from nnlab.errors import ModelFileError, SettingError
from nnlab.training import TrainingSettings
from nnlab.training.checkpoint import Holding

_NAME = "stop_when"


def format_holding(holding: Holding) -> list[Any]:
    """[breakpoint, [subject, ...]], each, for JSON; the breakpoint as it stands in an experiment."""
    settings = TrainingSettings(stop_when=tuple(holding))
    return [[table, sorted(holding[one])] for table, one in zip(settings.to_table()[_NAME], holding, strict=True)]


def parse_holding(rows: object) -> Holding:
    """The other way; raises ModelFileError where it makes no sense."""
    if isinstance(rows, list) and all(_is_row(row) for row in rows):
        try:
            found = TrainingSettings(stop_when=tuple(row[0] for row in rows)).stop_when
        except SettingError:
            pass
        else:
            return {one: frozenset(row[1]) for one, row in zip(found, rows, strict=True)}
    raise ModelFileError(f"what it says of breakpoints that hold makes no sense: {json.dumps(rows)[:80]}")


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 2
        and isinstance(row[0], str | dict)
        and isinstance(row[1], list)
        and all(isinstance(subject, str) for subject in row[1])
    )
