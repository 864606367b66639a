"""The application in a person's Applications folder on macOS: a bundle whose program starts Python."""

import plistlib
import shlex
import shutil
import struct
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from nnlab import __version__
from nnlab.atomic_file import write_atomically
from nnlab.desktop.launcher import FILE_TYPES, NAME, Launcher

# The types of an .icns file that hold a PNG, and how many pixels it has.
_ICONS = {b"ic07": 128, b"ic08": 256, b"ic09": 512}
_REGISTER = Path("/System/Library/Frameworks/CoreServices.framework/Frameworks/LaunchServices.framework/Support/lsregister")
_SECONDS = 60


def add(launcher: Launcher) -> Path:
    """Write the bundle for this person alone; returns its path."""
    bundle = _bundle()
    inside = bundle / "Contents"
    for folder in ("MacOS", "Resources"):
        (inside / folder).mkdir(parents=True, exist_ok=True)
    program = inside / "MacOS" / NAME
    write_atomically(program, program_text(launcher).encode())
    program.chmod(0o755)
    write_atomically(inside / "Info.plist", plistlib.dumps(facts()))
    write_atomically(
        inside / "Resources" / f"{NAME}.icns",
        icns({kind: launcher.icon_png(size) for kind, size in _ICONS.items()}),
    )
    _tell_finder(bundle)
    return bundle


def remove() -> Path | None:
    """Take it back; returns the path of the bundle, None where there was none."""
    bundle = _bundle()
    if not bundle.exists():
        return None
    shutil.rmtree(bundle)
    return bundle


def program_text(launcher: Launcher) -> str:
    """What the Finder starts. Files that are opened come to the window as events, not as words."""
    return f'#!/bin/sh\nexec {shlex.join(launcher.command)} "$@"\n'


def facts() -> dict[str, Any]:
    """What macOS wants to know of an application, and which kinds of files it opens."""
    return {
        "CFBundleName": NAME,
        "CFBundleDisplayName": NAME,
        "CFBundleIdentifier": f"org.{NAME}.{NAME}",
        "CFBundleExecutable": NAME,
        "CFBundleIconFile": f"{NAME}.icns",
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": __version__,
        "CFBundleVersion": __version__,
        "NSHighResolutionCapable": True,
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": kind.words,
                "CFBundleTypeRole": "Editor",
                "CFBundleTypeExtensions": [kind.ending.removeprefix(".")],
                "LSHandlerRank": "Owner" if kind.is_own else "Alternate",
            }
            for kind in FILE_TYPES
        ],
    }


def icns(pictures: dict[bytes, bytes]) -> bytes:
    """An .icns file that holds these PNGs by their types: each after its type and its length, headed as a whole alike."""
    body = b"".join(kind + struct.pack(">I", 8 + len(picture)) + picture for kind, picture in pictures.items())
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def _bundle() -> Path:
    return Path.home() / "Applications" / f"{NAME}.app"


def _tell_finder(bundle: Path) -> None:
    if _REGISTER.exists():
        command = [str(_REGISTER), "-f", str(bundle)]
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603, words of ours
