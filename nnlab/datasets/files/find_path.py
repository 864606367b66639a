"""Where a path leads: as it stands, then in each of the folders."""

import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path

from nnlab.datasets.words import shown, shown_path, whole_path
from nnlab.errors import DatasetError


def find_path(setting: str, name: str, folders: Sequence[Path]) -> Path:
    """The file or folder that a setting names. What is neither, such as a device or a pipe, is never opened."""
    if not name.strip():
        raise DatasetError(f"{setting}: choose a file or folder")
    try:
        wanted = Path(name).expanduser()
        places = [wanted] if wanted.is_absolute() else [wanted, *(folder / wanted for folder in folders)]
        for place in places:
            mode = _mode(place)
            if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
                return place
            if mode:
                raise DatasetError(f"{setting}: {shown_path(name)} is neither a file nor a folder; choose one of these")
        looked = ", ".join(dict.fromkeys(whole_path(place.parent) for place in places))
    except (OSError, ValueError, RuntimeError):
        raise DatasetError(
            f"{setting}: '{shown(name)}' is no name that a file could have; choose a file or folder"
        ) from None
    raise DatasetError(f"{setting}: {shown_path(name)} was not found (looked in {shown(looked, 300)}); give its whole path")


def _mode(place: Path) -> int:
    try:
        return place.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return 0


def entries_of(folder: Path) -> list[os.DirEntry[str]]:
    """The files and folders in a folder, by name, without what is hidden."""
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not entry.name.startswith((".", "__MACOSX")) and _is_there(entry)]
    except OSError as error:
        raise DatasetError(f"{shown(folder, 200)}: cannot be read ({error.strerror or 'no reason given'})") from None
    return sorted(entries, key=lambda entry: _as_counted(entry.name))


def _as_counted(name: str) -> list[tuple[int, str]]:
    """For sorting: 2.png before 10.png."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if index % 2 else (0, part) for index, part in enumerate(parts)]


def _is_there(entry: os.DirEntry[str]) -> bool:
    """Neither a pipe nor a link that leads nowhere."""
    try:
        return entry.is_file() or entry.is_dir()
    except OSError:
        return False
