"""Files of several experiments, told apart before they are read: comparisons (`vary`), and sweeps (`search`, or ranges)."""

from collections.abc import Mapping
from typing import Any


def is_comparison(table: Mapping[str, Any]) -> bool:
    """Whether a parsed file says what is to be varied."""
    return "vary" in table


def is_sweep(table: Mapping[str, Any]) -> bool:
    """Whether it says how to search, or has something to search in: `nnlab train` would not know which values to take."""
    return "search" in table or _has_range(table.get("vary"))


def is_range(value: Any) -> bool:
    """Whether a table says two bounds, and not settings: { low = 1, high = 9 }. No setting is called so."""
    return isinstance(value, Mapping) and bool({"low", "high"} & value.keys())


def _has_range(value: Any) -> bool:
    return is_range(value) or (isinstance(value, Mapping) and any(map(_has_range, value.values())))
