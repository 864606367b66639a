"""What an entry in a desktop's menu starts and shows: the same on every system."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nnlab.resources import resource

NAME = "nnlab"
ABOUT = "A desktop laboratory for neural networks"


@dataclass(frozen=True)
class FileType:
    """A kind of file that nnlab opens: its ending, its MIME type, what a person calls it, and whether no editor opens it."""

    ending: str
    mime: str
    words: str
    is_own: bool


FILE_TYPES = (
    FileType(".toml", "application/toml", "TOML document", is_own=False),
    FileType(".safetensors", "application/x-safetensors", "nnlab model", is_own=True),
)


def _command() -> tuple[str, ...]:
    """Of the Python that runs now: that holds for pip, pipx, uv and a checkout alike."""
    python = Path(sys.executable)
    without_console = python.with_name("pythonw.exe")
    # -P: no file in the folder where it starts stands in for a package.
    return str(without_console if without_console.exists() else python), "-P", "-m", NAME


@dataclass(frozen=True)
class Launcher:
    """The command, to which a file's name may be added, and the icon: its drawing, and a PNG of it in so many pixels."""

    icon_png: Callable[[int], bytes]
    command: tuple[str, ...] = field(default_factory=_command)
    drawing: Path = field(default_factory=lambda: resource("icons", f"{NAME}.svg"))
