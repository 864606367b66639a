"""nnlab in the menu of the desktop, whichever it is: added, and taken back."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from nnlab.desktop.launcher import FILE_TYPES, Launcher
from nnlab.errors import NnlabError


def add_to_menu(icon_png: Callable[[int], bytes]) -> str:
    """Write the entry for this person; returns a sentence that says where, and how it is taken back."""
    entry = _written(lambda system: system.add(Launcher(icon_png)))
    own = ", ".join(kind.ending for kind in FILE_TYPES if kind.is_own)
    others = ", ".join(kind.ending for kind in FILE_TYPES if not kind.is_own)
    return (
        f"nnlab stands in the menu now ({entry}); a double-click opens {own} files with it, and {others} files where no "
        "other program is chosen for them (Open with); `nnlab --remove-from-menu` takes it back"
    )


def remove_from_menu() -> str:
    """Take it back; returns a sentence."""
    entry = _written(lambda system: system.remove())
    return f"nnlab is no longer in the menu ({entry} is removed)" if entry else "nnlab was not in the menu"


def _written(do: Callable[[ModuleType], Path | None]) -> Path | None:
    try:
        return do(_system())
    except OSError as error:
        raise NnlabError(f"{error.filename}: cannot be written ({error.strerror}); look who may write there") from None


def _system() -> ModuleType:
    """The module that knows this system's menu."""
    if sys.platform == "win32":
        from nnlab.desktop import windows as system
    elif sys.platform == "darwin":
        from nnlab.desktop import mac as system
    else:
        from nnlab.desktop import linux as system
    return system
