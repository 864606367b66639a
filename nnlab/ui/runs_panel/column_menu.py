"""The menu in which columns are chosen: those that every run has, and the settings by the part that they belong to."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu

from nnlab.ui.runs_panel.chosen_columns import ChosenColumns
from nnlab.ui.runs_panel.columns import COLUMNS
from nnlab.ui.runs_panel.library import Library
from nnlab.ui.widgets.explained import without_shortcut

_PARTS = ("dataset", "model", "training")
# Without it a run could not be told from another.
_NEEDED = "number"


def fill_column_menu(menu: QMenu, chosen: ChosenColumns, library: Library, choose: Callable[[str, bool], None]) -> None:
    """`choose` hears the name of a column, and whether it is to be shown."""
    menu.clear()

    def add(place: QMenu, name: str, words: str) -> None:
        """A line with a tick for one column."""
        action = place.addAction(without_shortcut(words))
        action.setCheckable(True)
        action.setChecked(name in chosen.names)
        action.setEnabled(name != _NEEDED)
        action.toggled.connect(partial(choose, name))

    for column in COLUMNS:
        add(menu, column.name, {"tick": "Ticks", "star": "Star", "curve": "Small curve"}.get(column.name, column.title))
    menu.addSeparator()
    names = dict.fromkeys(name for record in library.records.values() for name in record.settings)
    for part in _PARTS:
        place = menu.addMenu(part.capitalize())
        for name in (name for name in names if name.startswith(f"{part}.")):
            add(place, f"setting:{name}", name.removeprefix(f"{part}."))
