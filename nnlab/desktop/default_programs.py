"""Which program a double-click opens a kind of file with, in the files in which Linux desktops keep it."""

import os
from collections.abc import Collection
from pathlib import Path

from nnlab.atomic_file import write_atomically

# The groups that a desktop writes when a program becomes the default one; what a person has taken away stands in a third.
_GROUPS = (b"[Default Applications]", b"[Added Associations]")


def take_back(entry: str, mimes: Collection[str], data: Path) -> None:
    """This entry opens these kinds of files no more; all other lines stay as they are, to the byte.

    data: the folder of a person's data, in which earlier desktops keep the file
    """
    for path in (_config_folder() / "mimeapps.list", data / "applications" / "mimeapps.list"):
        if not path.is_file():
            continue
        before = path.read_bytes()
        after = without(before, entry.encode(), {mime.encode() for mime in mimes})
        if after == before:
            continue
        if after.strip() in (b"", *_GROUPS):
            # It was made for this alone.
            path.unlink()
        else:
            write_atomically(path, after)


def without(content: bytes, entry: bytes, mimes: Collection[bytes]) -> bytes:
    """A mimeapps.list without this entry as what opens these kinds; a kind for which none is left has no line."""
    lines, group = [], b""
    for line in content.splitlines(keepends=True):
        if line.startswith(b"["):
            group = line.strip()
        kind, sign, programs = line.partition(b"=")
        if group in _GROUPS and sign and kind.strip() in mimes:
            ending = line[len(line.rstrip(b"\r\n")) :]
            named = [name.strip() for name in programs.split(b";") if name.strip()]
            kept = [name for name in named if name != entry]
            if not kept:
                continue
            if kept != named:
                line = kind + sign + b";".join(kept) + (b";" if b";" in programs else b"") + ending
        lines.append(line)
    return b"".join(lines)


def _config_folder() -> Path:
    moved = os.environ.get("XDG_CONFIG_HOME", "")
    # The specification says that a relative path is to be ignored.
    return Path(moved) if Path(moved).is_absolute() else Path.home() / ".config"
