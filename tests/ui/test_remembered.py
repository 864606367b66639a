"""What the window keeps in its file comes back as what it was."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from nnlab.ui.remembered import remembered_paths


def kept(folder: Path, **values: object) -> QSettings:
    """Settings that were written to their file and read again, as at the next start."""
    file = str(folder / "window.ini")
    written = QSettings(file, QSettings.Format.IniFormat)
    for key, value in values.items():
        written.setValue(key, value)
    written.sync()
    return QSettings(file, QSettings.Format.IniFormat)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_so_many_files_come_back_as_were_kept(tmp_path: Path, count: int) -> None:
    paths = [tmp_path / f"{number}.toml" for number in range(count)]
    for path in paths:
        path.touch()
    assert remembered_paths(kept(tmp_path, recent=[str(path) for path in paths]), "recent") == paths


def test_a_file_that_is_gone_does_not_come_back(tmp_path: Path) -> None:
    assert remembered_paths(kept(tmp_path, recent=[str(tmp_path / "gone.toml")]), "recent") == []


def test_nothing_comes_back_of_what_was_never_kept(tmp_path: Path) -> None:
    assert remembered_paths(kept(tmp_path), "recent") == []
