"""How much memory there is for this process: what the machine has, and what limits are set to it."""

import contextlib
import os
import sys
from pathlib import Path

# Where nobody says how much there is.
_GUESS = 4 << 30
_GROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def total_memory() -> int:
    """Bytes that this process could use if no other did."""
    return min([_installed(), *_limits()])


def _installed() -> int:
    if sys.platform == "win32":
        return _of_windows()
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return _GUESS


def _limits() -> list[int]:
    """Of the group of processes that this one belongs to, and its own."""
    limits = []
    for path in _GROUP_LIMITS:
        # A group without a limit says "max".
        with contextlib.suppress(OSError, ValueError):
            limits.append(int(path.read_text()))
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            limits.append(limit)
    return [limit for limit in limits if limit > 0]


def _of_windows() -> int:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            *((name, ctypes.c_ulonglong) for name in ("free", "page_total", "page_free", "own_total", "own_free", "more")),
        )

    status = Status()
    status.length = ctypes.sizeof(Status)
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009, the type checker of other systems does not know it
    return int(status.total) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else _GUESS
