"""Which columns a person has chosen, and how wide they are left: kept from one start to the next."""

import json

from PySide6.QtCore import QSettings

from nnlab.ui.runs_panel.columns import COLUMNS, RunColumn, column_of

_COLUMNS, _WIDTHS = "runs_columns", "runs_widths"
# What tells runs apart wherever settings are compared.
_ALWAYS = ("tick", "number", "curve")
_BEHIND = ("score", "loss", "name")
# More would not be compared by eye.
_MOST_DIFFERING = 24


class ChosenColumns:
    """Names in the order of the table; of settings in the order in which they were chosen."""

    def __init__(self, memory: QSettings) -> None:
        self._memory = memory
        stored = memory.value(_COLUMNS)
        texts = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else None
        first = [column.name for column in COLUMNS if column.is_shown]
        self.names: list[str] = [str(text) for text in texts if column_of(str(text))] if texts else first
        self.widths = _widths(str(memory.value(_WIDTHS, "")))

    @property
    def shown(self) -> tuple[RunColumn, ...]:
        """The columns."""
        settings = [name for name in self.names if name not in _PLACES]
        fixed = [column for column in COLUMNS if column.name in self.names]
        return (*fixed, *(column for name in settings if (column := column_of(name)) is not None))

    def differing(self, settings: list[str]) -> tuple[RunColumn, ...]:
        """Instead of those that were chosen the settings that differ."""
        names = (*_ALWAYS, *(f"setting:{name}" for name in settings[:_MOST_DIFFERING]), *_BEHIND)
        return tuple(column for name in names if (column := column_of(name)) is not None)

    def choose(self, name: str, is_on: bool) -> None:
        """Show a column, or do not."""
        self.names = [other for other in self.names if other != name] + ([name] if is_on else [])
        self._memory.setValue(_COLUMNS, self.names)

    def keep_width(self, name: str, width: int) -> None:
        """As a person has made it."""
        if width > 0:
            self.widths[name] = width

    def remember(self) -> None:
        """For the next start."""
        self._memory.setValue(_WIDTHS, json.dumps(self.widths))


_PLACES = {column.name: place for place, column in enumerate(COLUMNS)}


def _widths(text: str) -> dict[str, int]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {str(name): width for name, width in found.items() if type(width) is int} if isinstance(found, dict) else {}
