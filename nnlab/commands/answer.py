"""How a command answers: lines for a person, or one JSON object for a program; on stdout, and nothing else there."""

import json
import math
from collections.abc import Callable
from typing import Any

from nnlab.terminal import say
from nnlab.words import printable, without_middle

# No path is longer; a name out of a file may have a million letters.
_LONGEST = 4096

Report = dict[str, Any]


def answer(report: Report, as_json: bool, readable: Callable[[Report], str] | None = None) -> None:
    """Print a report; `readable` makes the lines for a person where name and value, one a line, would not do.

    JSON holds names letter by letter, escaped as JSON does, and null for a number that is infinite or none at all, which it
    has no words for. What a person reads has no letters that act on a terminal.
    """
    if as_json:
        say(json.dumps(_with_nulls(report), allow_nan=False))
    else:
        say((readable or _lines)(_in_lines(report)))


def _with_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_nulls(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_with_nulls(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _in_lines(value: Any) -> Any:
    """The same with every text in one line, so that no name can begin a line of its own."""
    if isinstance(value, dict):
        return {_line(name): _in_lines(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_in_lines(part) for part in value]
    return _line(value) if isinstance(value, str) else value


def _line(text: str) -> str:
    return printable(without_middle(text, _LONGEST))


def _lines(report: Report) -> str:
    lines = []
    width = max(map(len, report))
    for name, value in report.items():
        if isinstance(value, list):
            continue
        if isinstance(value, dict):
            value = ", ".join(f"{key} {_text(number)}" for key, number in value.items())
        lines.append(f"{name.replace('_', ' '):{width}}  {value if isinstance(value, int) else _text(value)}")
    return "\n".join(lines)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return _number(value)
    return f"{value:,}" if isinstance(value, int) else "none" if value is None else str(value)


def _number(value: float) -> str:
    if math.isnan(value):
        return "none"
    return f"{value:,.4f}" if 0.001 <= abs(value) < 1e12 or value == 0 else f"{value:.2e}"
