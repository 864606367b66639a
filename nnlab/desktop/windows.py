"""The entry in Windows' Start menu, and what its registry says of the kinds of files that nnlab opens."""

import base64
import os
import struct
import subprocess
import sys
from pathlib import Path

from nnlab.atomic_file import write_atomically
from nnlab.desktop.launcher import ABOUT, FILE_TYPES, NAME, Launcher
from nnlab.errors import SaveError

_CLASSES = r"Software\Classes"
_KIND = f"{NAME}.file"
_ICON_SIZES = (16, 32, 48, 256)
_SECONDS = 60
# What it is told comes in by the environment, where no quoting can go wrong.
_MAKE = """
$link = (New-Object -ComObject WScript.Shell).CreateShortcut($env:NNLAB_LINK)
$link.TargetPath = $env:NNLAB_TARGET
$link.Arguments = $env:NNLAB_ARGUMENTS
$link.IconLocation = $env:NNLAB_ICON
$link.Description = $env:NNLAB_ABOUT
$link.Save()
"""


def add(launcher: Launcher) -> Path:
    """Write the entry for this person alone; returns its path."""
    link, icon = _link(), _icon()
    icon.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(icon, ico({size: launcher.icon_png(size) for size in _ICON_SIZES}))
    _make_link(link, icon, launcher)
    _write_registry(registry_values(launcher, icon))
    return link


def remove() -> Path | None:
    """Take it back; returns the path of the entry, None where there was none."""
    link = _link()
    found = link.exists()
    for path in (link, _icon()):
        path.unlink(missing_ok=True)
    _clear_registry()
    return link if found else None


def registry_values(launcher: Launcher, icon: Path) -> dict[str, dict[str, str]]:
    """Keys below HKEY_CURRENT_USER, with their values by name; "" names the key's own."""
    opened = subprocess.list2cmdline(launcher.command)
    own = rf"{_CLASSES}\{_KIND}"
    values = {
        own: {"": "nnlab experiment or model"},
        rf"{own}\DefaultIcon": {"": str(icon)},
        rf"{own}\shell\open\command": {"": f'{opened} "%1"'},
    }
    return values | {rf"{_CLASSES}\{kind.ending}\OpenWithProgids": {_KIND: ""} for kind in FILE_TYPES}


def ico(pictures: dict[int, bytes]) -> bytes:
    """An icon file that holds these PNGs, by their sizes in pixels: a directory of 16 bytes each, then the pictures."""
    directory, body, offset = b"", b"", 6 + 16 * len(pictures)
    for size, picture in pictures.items():
        # Of 256 pixels one byte says 0.
        directory += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset + len(body))
        body += picture
    return struct.pack("<HHH", 0, 1, len(pictures)) + directory + body


def _link() -> Path:
    return Path(os.environ["APPDATA"]) / rf"Microsoft\Windows\Start Menu\Programs\{NAME}.lnk"


def _icon() -> Path:
    return Path(os.environ["LOCALAPPDATA"]) / NAME / f"{NAME}.ico"


def _make_link(link: Path, icon: Path, launcher: Launcher) -> None:
    told = {
        "NNLAB_LINK": str(link),
        "NNLAB_TARGET": launcher.command[0],
        "NNLAB_ARGUMENTS": subprocess.list2cmdline(launcher.command[1:]),
        "NNLAB_ICON": str(icon),
        "NNLAB_ABOUT": ABOUT,
    }
    script = base64.b64encode(_MAKE.encode("utf-16-le")).decode("ascii")
    words = ["powershell", "-NoProfile", "-NonInteractive", "-EncodedCommand", script]
    try:
        # Words of ours; what is somebody else's is in the environment.
        subprocess.run(words, env={**os.environ, **told}, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise SaveError(f"{link}: not made, since PowerShell did not ({error}); start nnlab from a terminal") from None


def _write_registry(keys: dict[str, dict[str, str]]) -> None:
    if sys.platform == "win32":
        import winreg

        for path, values in keys.items():
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, path) as key:
                for name, value in values.items():
                    winreg.SetValueEx(key, name, 0, winreg.REG_SZ, value)
        _tell_explorer()


def _clear_registry() -> None:
    if sys.platform == "win32":
        import winreg

        for kind in FILE_TYPES:
            try:
                path = rf"{_CLASSES}\{kind.ending}\OpenWithProgids"
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path, 0, winreg.KEY_SET_VALUE) as key:
                    winreg.DeleteValue(key, _KIND)
            except FileNotFoundError:
                continue
        for below in (r"\shell\open\command", r"\shell\open", r"\shell", r"\DefaultIcon", ""):
            try:
                winreg.DeleteKey(winreg.HKEY_CURRENT_USER, rf"{_CLASSES}\{_KIND}{below}")
            except FileNotFoundError:
                continue
        _tell_explorer()


def _tell_explorer() -> None:
    """That the kinds of files are others (SHCNE_ASSOCCHANGED), so that icons are drawn anew."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shell32.SHChangeNotify(0x08000000, 0, None, None)
