"""The entry in a Linux desktop's menu, as freedesktop.org describes it: an entry, an icon, and kinds of files."""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from nnlab.atomic_file import write_atomically
from nnlab.desktop.default_programs import take_back
from nnlab.desktop.launcher import ABOUT, FILE_TYPES, NAME, Launcher

_ICON_SIZES = (48, 128, 256)
# No desktop needs this long to read its own folders again.
_SECONDS = 20


def add(launcher: Launcher) -> Path:
    """Write the entry for this person alone; returns its path."""
    data = _data_folder()
    entry, kinds = _entry_path(data), _kinds_path(data)
    _write(entry, entry_text(launcher).encode())
    _write(kinds, kinds_text().encode())
    for size in _ICON_SIZES:
        _write(_icon_path(data, size), launcher.icon_png(size))
    _write(data / "icons/hicolor/scalable/apps" / f"{NAME}.svg", launcher.drawing.read_bytes())
    _read_anew(data)
    for kind in FILE_TYPES:
        if kind.is_own:
            _call("xdg-mime", "default", entry.name, kind.mime)
    return entry


def remove() -> Path | None:
    """Take it back; returns the path of the entry, None where there was none."""
    data = _data_folder()
    entry = _entry_path(data)
    found = entry.exists()
    icons = [_icon_path(data, size) for size in _ICON_SIZES]
    for path in (entry, _kinds_path(data), *icons, data / "icons/hicolor/scalable/apps" / f"{NAME}.svg"):
        path.unlink(missing_ok=True)
    take_back(entry.name, [kind.mime for kind in FILE_TYPES if kind.is_own], data)
    if found:
        _read_anew(data)
    return entry if found else None


def entry_text(launcher: Launcher) -> str:
    """The desktop entry. Its command is quoted twice: for the entry, and for the value in its line."""
    types = "".join(f"{kind.mime};" for kind in FILE_TYPES)
    command = " ".join(map(quoted, launcher.command))
    return f"""\
[Desktop Entry]
Type=Application
Name={NAME}
GenericName=Neural network laboratory
Comment={ABOUT}
Exec={command} %f
Icon={NAME}
Terminal=false
Categories=Science;ArtificialIntelligence;
Keywords=neural;network;deep;learning;machine;
MimeType={types}
StartupWMClass={NAME}
"""


def quoted(word: str) -> str:
    """A word of an Exec line, as the Desktop Entry Specification quotes it."""
    escaped = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in word)
    return f'"{escaped}"'.replace("\\", "\\\\").replace("%", "%%").replace("\n", "\\n")


def kinds_text() -> str:
    """The kinds of files that no other program knows, for the shared MIME database; TOML is in it."""
    kinds = "".join(
        f"  <mime-type type={quoteattr(kind.mime)}>\n    <comment>{escape(kind.words)}</comment>\n"
        f"    <glob pattern={quoteattr(f'*{kind.ending}')}/>\n  </mime-type>\n"
        for kind in FILE_TYPES
        if kind.is_own
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">\n{kinds}</mime-info>\n'
    )


def _data_folder() -> Path:
    moved = os.environ.get("XDG_DATA_HOME", "")
    # The specification says that a relative path is to be ignored.
    return Path(moved) if Path(moved).is_absolute() else Path.home() / ".local/share"


def _entry_path(data: Path) -> Path:
    return data / "applications" / f"{NAME}.desktop"


def _kinds_path(data: Path) -> Path:
    return data / "mime/packages" / f"{NAME}.xml"


def _icon_path(data: Path, size: int) -> Path:
    return data / f"icons/hicolor/{size}x{size}/apps" / f"{NAME}.png"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)


def _read_anew(data: Path) -> None:
    """What desktops read is put together by these programs, where they are installed."""
    _call("update-mime-database", str(data / "mime"))
    _call("update-desktop-database", str(data / "applications"))
    _call("gtk-update-icon-cache", "-q", "-t", "-f", str(data / "icons/hicolor"))


def _call(*words: str) -> None:
    if program := shutil.which(words[0]):
        command = [program, *words[1:]]
        # The entry stands; a desktop that is not told finds it by itself later.
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603, words of ours
