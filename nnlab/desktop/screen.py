"""Whether there is a screen that a window could open on: Qt ends the process where it finds none."""

import ctypes
import os
import sys

from nnlab.desktop.system_libraries import missing_libraries, missing_sentence
from nnlab.errors import NnlabError

_WITHOUT = "or train without a window: nnlab train EXPERIMENT.toml"


def check_screen() -> None:
    """Raise NnlabError with what is missing and how to get it; other systems than Linux have all of it."""
    if not _needs_xcb():
        return
    display, has_wayland = os.environ.get("DISPLAY"), bool(os.environ.get("WAYLAND_DISPLAY"))
    if not has_screen():
        raise NnlabError(f"there is no screen here (DISPLAY is not set); use a desktop session or `ssh -X`, {_WITHOUT}")
    check_libraries()
    if display and not has_wayland and not _answers(display):
        raise NnlabError(f"the screen DISPLAY={display} does not answer; start a desktop session, {_WITHOUT}")


def has_screen() -> bool:
    """Whether the environment names one; whether it answers is another question."""
    return not _needs_xcb() or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def check_libraries() -> None:
    """Raise NnlabError where a library that Qt's window needs is missing."""
    if _needs_xcb() and (missing := missing_libraries()):
        raise NnlabError(missing_sentence(missing))


def _needs_xcb() -> bool:
    return sys.platform.startswith("linux") and os.environ.get("QT_QPA_PLATFORM", "xcb") == "xcb"


def _answers(display: str) -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    works: bool = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return works
