"""What Qt needs of a Linux system besides its own package: which of it is missing, and the line that installs it here."""

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_RELEASE = (Path("/etc/os-release"), Path("/usr/lib/os-release"))


@dataclass(frozen=True)
class Distribution:
    """How packages are installed on a family of Linux distributions; ids as /etc/os-release has them."""

    title: str
    ids: tuple[str, ...]
    command: str


DEBIAN = Distribution("Debian or Ubuntu", ("debian", "ubuntu"), "apt install")
FEDORA = Distribution("Fedora", ("fedora", "rhel", "centos"), "dnf install")
ARCH = Distribution("Arch", ("arch",), "pacman -S")
SUSE = Distribution("openSUSE", ("opensuse", "suse"), "zypper install")
DISTRIBUTIONS = (DEBIAN, FEDORA, ARCH, SUSE)
# The package that holds each library, in the order of the distributions.
LIBRARIES: dict[str, tuple[str, str, str, str]] = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd", "libEGL1"),
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd", "libGL1"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", "libxkbcommon-x11-0"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor", "libxcb-cursor0"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms", "libxcb-keysyms1"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb", "libxcb-shape0"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image", "xcb-util-image", "libxcb-image0"),
    "libxcb-render-util.so.0": (
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "xcb-util-renderutil",
        "libxcb-render-util0",
    ),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig", "libfontconfig1"),
}


def missing_libraries() -> list[str]:
    """The libraries that Qt's window needs and this system has not."""
    return [library for library in LIBRARIES if not _can_load(library)]


def install_line(libraries: Iterable[str], known: Distribution | None) -> str:
    """What a person types to have them; of a distribution that is not known, as on Debian, whose names can be looked for."""
    here = known or DEBIAN
    place = DISTRIBUTIONS.index(here)
    packages = dict.fromkeys(LIBRARIES[library][place] for library in libraries)
    return f"{here.command} {' '.join(packages)}"


def missing_sentence(libraries: Iterable[str]) -> str:
    """That they are missing, and how they are installed here."""
    known = distribution()
    return f"Qt's system libraries are missing; on {(known or DEBIAN).title}: {install_line(libraries, known)}"


def distribution() -> Distribution | None:
    """The family that this system says it belongs to."""
    facts = release_facts()
    ids = [facts.get("ID", ""), *facts.get("ID_LIKE", "").split()]
    # openSUSE has one ID for each of its editions.
    ids += [name.split("-")[0] for name in ids]
    return next((known for name in ids for known in DISTRIBUTIONS if name in known.ids), None)


def release_facts() -> dict[str, str]:
    """What /etc/os-release says, by name; empty where there is none."""
    for path in _RELEASE:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        pairs = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
        return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}
    return {}


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
