"""A screen for the benchmarks: the one there is, or a virtual one of 1920 x 1080."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def screen() -> Iterator[Mapping[str, str]]:
    """The environment of a process that opens a window."""
    if os.environ.get("DISPLAY"):
        yield os.environ
        return
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    number = os.read(read, 16).decode().strip()
    try:
        yield os.environ | {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait()
