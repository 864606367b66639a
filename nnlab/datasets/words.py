"""Names and values out of foreign files, made fit to stand in a sentence."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from nnlab.words import shown

__all__ = ["as_in_data", "listed", "shown", "shown_path", "whole_path"]


def shown_path(path: object, most: int = 60) -> str:
    """A path in one line; of a long one the end, which tells files apart."""
    whole = str(path)
    return shown(whole, most) if len(whole) <= most else f"…{shown(whole[1 - most :], most)}"


def whole_path(path: Path) -> str:
    """A path from the root on; as it stands where the working folder has been deleted, or links go round in a circle."""
    try:
        return shown(path.resolve(), 200)
    except (OSError, RuntimeError):
        return shown(path, 200)


def listed(names: Iterable[object], most: int = 6) -> str:
    """The first few, with commas between."""
    names = list(names)
    return ", ".join(shown(name, 30) for name in names[:most]) + (", …" if len(names) > most else "")


def as_in_data(number: np.generic, digits: int = 6) -> str:
    """A number of the data, with so many digits; of float64 with all it has, so that numbers that differ look so."""
    text = f"{float(number):.15g}" if number.dtype == np.float64 else f"{float(number):.{digits}g}"
    return text.replace("-", "−")
