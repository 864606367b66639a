"""A function or a class that is imported when it is first called: what a table has of a row until somebody uses that row."""

import importlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Later:
    """Stands for what has this place, "package.module.name". A table of many then costs those rows that are used."""

    place: str

    def load(self) -> Any:
        """The thing itself."""
        module, _, name = self.place.rpartition(".")
        return getattr(importlib.import_module(module), name)

    def __call__(self, *values: Any, **named: Any) -> Any:
        """Call it."""
        return self.load()(*values, **named)
