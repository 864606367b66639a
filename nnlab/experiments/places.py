"""Where nnlab keeps things and looks for data."""

import os
from itertools import chain, count
from pathlib import Path

import platformdirs

from nnlab.errors import SettingError
from nnlab.regular_file import is_there
from nnlab.words import shown

_SYSTEM_DATASETS = Path("/usr/share/datasets")


def home() -> Path:
    """The folder of the person's runs, models and data; NNLAB_HOME moves it."""
    moved = os.environ.get("NNLAB_HOME")
    return _folder(moved, "NNLAB_HOME") if moved else Path(platformdirs.user_data_dir("nnlab", appauthor=False))


def cache_folder() -> Path:
    """The folder of what can be made again from other files, and may be thrown away at any time."""
    return home() / "cache" if os.environ.get("NNLAB_HOME") else Path(platformdirs.user_cache_dir("nnlab", appauthor=False))


def runs_folder() -> Path:
    """The folder of the store of runs."""
    return home() / "runs"


def data_folders(chosen: Path | None = None, *near: Path) -> list[Path]:
    """Folders that may hold mnist/ and the like, in order: the chosen one or NNLAB_DATA, the person's, the system's; last
    those near the experiment, where an encoder may lie.
    """
    named = os.environ.get("NNLAB_DATA")
    first = [_folder(str(chosen), "--data")] if chosen else [_folder(named, "NNLAB_DATA")] if named else []
    return [*first, home() / "data", _SYSTEM_DATASETS, *near]


def free_path(folder: Path, stem: str, ending: str) -> Path:
    """A file that is not there yet:  name.png, name-2.png, name-3.png, ..."""
    names = chain([f"{stem}{ending}"], (f"{stem}-{number}{ending}" for number in count(2)))
    return next(folder / name for name in names if not is_there(folder / name))


def _folder(name: str, where: str) -> Path:
    """What a person calls a folder, `~` spelled out."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        raise SettingError(f"{where}: nobody here has the home folder of '{shown(name)}'; give a whole path") from None
