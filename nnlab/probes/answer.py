"""What a probe or a longer look found: stamped with its moment, and frozen before it crosses to another thread."""

from dataclasses import dataclass, fields
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from nnlab.probes.moment import Moment

_UNCHANGEABLE = (str, int, float, complex, bytes, type(None), np.generic, slice, Enum)


# Two answers are two, whatever they found: their arrays are not to be compared.
@dataclass(frozen=True, eq=False)
class Answer:
    """What was found, and of which moment it is. Nothing in it can be changed any more.

    The value is made of frozen dataclasses, tuples, frozen sets, read-only tables (MappingProxyType), numbers, texts, None,
    and arrays of numbers: these become read-only, and so does the memory that they are views of. An answer therefore has
    arrays of its own; a view of the model's parameters would stop the training. Anything else is refused: TypeError.
    """

    moment: Moment
    value: Any

    def __post_init__(self) -> None:
        _freeze(self.value, "an answer")


@cache
def _fields_of(kind: Any) -> tuple[str, ...] | None:
    """The names of the fields of a frozen dataclass; None of any other type."""
    parameters = getattr(kind, "__dataclass_params__", None)
    return tuple(field.name for field in fields(kind)) if parameters is not None and parameters.frozen else None


def _freeze(value: Any, owner: str) -> None:
    kind: object = type(value)
    if isinstance(value, _UNCHANGEABLE):
        return
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        # What is viewed could be written to besides the view.
        while isinstance(value, np.ndarray):
            value.flags.writeable = False
            value = value.base
    elif isinstance(value, tuple | frozenset):
        for part in value:
            _freeze(part, owner)
    elif isinstance(value, MappingProxyType):
        for part in value.values():
            _freeze(part, owner)
    elif (names := _fields_of(kind)) is not None:
        for name in names:
            _freeze(getattr(value, name), type(value).__name__)
    else:
        raise TypeError(
            f"{owner} holds a {type(value).__name__}, which can be changed by whoever has it; "
            "put frozen dataclasses, tuples and arrays of numbers into answers"
        )
