"""What was done to a run by hand, as a model file tells of it."""

import json
import math
from typing import Any

from nnlab.errors import ModelFileError
from nnlab.models.parameters import Parameters
from nnlab.training.events import Event, ParameterEdit, SettingsChange, Stop, WeightsImport

_MOST_SETTINGS = 1000


def format_events(events: tuple[Event, ...]) -> list[Any]:
    """Each as a list for JSON: "edit", step, tensor, position, before, after, or "settings", step, before, after, or "stop",
    step, reason, and where the next step would not be finite, True; or "weights", step, file, checksum.
    """
    return [_row(event) for event in events]


def parse_events(rows: object, parameters: Parameters) -> tuple[Event, ...]:
    """The other way, of parameters that are there; raises ModelFileError where they are not."""
    if isinstance(rows, list) and all(_is_event(row, parameters) for row in rows):
        return tuple(_event(row) for row in rows)
    raise ModelFileError(f"what it says of changes made by hand makes no sense: {json.dumps(rows)[:80]}")


def parse_edited(rows: object, parameters: Parameters, step: int) -> tuple[Event, ...]:
    """As version 0.1 wrote it: [[tensor, position, before], ...], of what was changed after the last update."""
    if not isinstance(rows, list):
        raise ModelFileError(f"what it says of parameters changed by hand makes no sense: {json.dumps(rows)[:80]}")
    edits = []
    for row in rows:
        if not (isinstance(row, list) and len(row) == 3 and _is_parameter(row[0], row[1], parameters)):
            raise ModelFileError(f"what it says of parameters changed by hand makes no sense: {json.dumps(rows)[:80]}")
        edits.append(["edit", step, row[0], row[1], row[2], float(parameters.view(row[0])[tuple(row[1])])])
    return parse_events(edits, parameters)


def _row(event: Event) -> list[Any]:
    if isinstance(event, ParameterEdit):
        return ["edit", event.step, event.tensor, list(event.position), event.before, event.after]
    if isinstance(event, Stop):
        return ["stop", event.step, event.reason, *([True] if event.is_before_failure else [])]
    if isinstance(event, WeightsImport):
        return ["weights", event.step, event.file, event.sha256]
    return ["settings", event.step, dict(event.before), dict(event.after)]


def _event(row: list[Any]) -> Event:
    if row[0] == "edit":
        return ParameterEdit(row[1], row[2], tuple(row[3]), float(row[4]), float(row[5]))
    if row[0] == "stop":
        return Stop(row[1], row[2], len(row) == 4)
    if row[0] == "weights":
        return WeightsImport(row[1], row[2], row[3])
    return SettingsChange(row[1], row[2], row[3])


def _is_event(row: Any, parameters: Parameters) -> bool:
    return _is_edit(row, parameters) or _is_settings(row) or _is_stop(row) or _is_import(row)


def _is_edit(row: Any, parameters: Parameters) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 6
        and row[0] == "edit"
        and _is_count(row[1])
        and _is_parameter(row[2], row[3], parameters)
        and all(type(value) in (int, float) and math.isfinite(value) for value in row[4:])
    )


def _is_settings(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 4
        and row[0] == "settings"
        and _is_count(row[1])
        and all(isinstance(table, dict) and len(table) <= _MOST_SETTINGS for table in row[2:])
    )


def _is_stop(row: Any) -> bool:
    if not (isinstance(row, list) and len(row) in (3, 4) and row[0] == "stop"):
        return False
    return _is_count(row[1]) and isinstance(row[2], str) and row[3:] in ([], [True])


def _is_import(row: Any) -> bool:
    if not (isinstance(row, list) and len(row) == 4 and row[0] == "weights"):
        return False
    return _is_count(row[1]) and all(isinstance(text, str) for text in row[2:])


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_parameter(tensor: Any, position: Any, parameters: Parameters) -> bool:
    """Whether this is a tensor's name and a position inside of it."""
    if not (isinstance(tensor, str) and isinstance(position, list)):
        return False
    return all(type(index) is int for index in position) and parameters.holds(tensor, tuple(position))
