"""How a command answers: lines for a person, or one JSON object for a program; on stdout, and nothing else there."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from nnlab.errors import SaveError

Report = dict[str, Any]


def answer(report: Report, as_json: bool, readable: Callable[[Report], str] | None = None) -> None:
    """Print a report; `readable` makes the lines for a person where name and value, one a line, would not do."""
    try:
        print(json.dumps(report, allow_nan=False) if as_json else (readable or _lines)(report), flush=True)
    except OSError as error:
        # What is left in the buffer must not fail again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SaveError(f"the report could not be written ({error.strerror}); write it elsewhere") from None


def _lines(report: Report) -> str:
    lines = []
    width = max(map(len, report))
    for name, value in report.items():
        if isinstance(value, list):
            continue
        if isinstance(value, dict):
            value = ", ".join(f"{key} {_short(number)}" for key, number in value.items())
        text = _number(value) if isinstance(value, float) else str(value)
        lines.append(f"{name.replace('_', ' '):{width}}  {text}")
    return "\n".join(lines)


def _short(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.1e}"


def _number(value: float) -> str:
    return f"{value:.2e}" if 0 < abs(value) < 0.001 else f"{value:,.4f}"
