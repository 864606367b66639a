"""The menu bar: the table of actions, menu by menu, and what changes from day to day besides."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMenu, QMenuBar

from nnlab.ui.actions import ACTIONS
from nnlab.ui.files import Files
from nnlab.ui.live_actions import Actions
from nnlab.ui.widgets.explained import without_shortcut

Fill = Callable[[QMenu], None]


def fill_menu_bar(bar: QMenuBar, actions: Actions, after: dict[str, Fill]) -> None:
    """All rows of the table, a line between its sections. `after` puts more behind the row of a name."""
    menus: dict[str, tuple[QMenu, int]] = {}
    submenus: dict[str, QMenu] = {}
    for name, row in ACTIONS.items():
        menu, section = menus.get(row.menu) or (bar.addMenu(f"&{row.menu}"), row.section)
        if section != row.section:
            menu.addSeparator()
        menus[row.menu] = (menu, row.section)
        if row.submenu:
            menu = submenus.get(row.submenu) or submenus.setdefault(row.submenu, menu.addMenu(row.submenu))
        if row.is_on is not None:
            menu.aboutToShow.connect(actions.show_choices)
        menu.addAction(actions[name])
        if name in after:
            after[name](menu)


def add_recent(files: Files) -> Fill:
    """What was opened last."""

    def fill(menu: QMenu) -> None:
        """The menu Open recent."""
        recent = menu.addMenu("Open recent")
        recent.aboutToShow.connect(lambda: list_recent(files, recent))

    return fill


def list_recent(files: Files, menu: QMenu) -> None:
    """The files that were opened last, each with its folder."""
    menu.clear()
    for path in files.recent:
        menu.addAction(without_shortcut(f"{path.name}   ({path.parent})"), _opening(files, path))
    if menu.isEmpty():
        menu.addAction("Nothing yet").setEnabled(False)


def _opening(files: Files, path: Path) -> Callable[[], None]:
    return lambda: files.open(path)
