"""How much memory there is for this process, and how much of it is free."""

import contextlib
import ctypes
import os
import sys
from pathlib import Path

# Where nobody says how much there is, and how much is free.
_GUESS, _FREE_GUESS = 4 << 30, 1 << 30
# The limits of a group of processes, as a container has them, and what the group uses.
_GROUPS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)


def total_memory() -> int:
    """The bytes that this process could use if no other did."""
    if sys.platform == "win32":
        return _of_windows().total or _GUESS
    limits = [limit for limits, _ in _GROUPS if (limit := _number_in(limits)) is not None]
    return min([_pages("SC_PHYS_PAGES") or _GUESS, *limits, *_own_limit()])


def available_memory() -> int:
    """The bytes that may be taken before the system swaps or ends a process, as far as the system tells."""
    if sys.platform == "win32":
        return _of_windows().available or _FREE_GUESS
    left = []
    for limits, uses in _GROUPS:
        limit, used = _number_in(limits), _number_in(uses)
        if limit is not None and used is not None:
            left.append(max(limit - used, 0))
    return min([_free() or _FREE_GUESS, *left])


def _free() -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    return _pages("SC_AVPHYS_PAGES") or _pages("SC_PHYS_PAGES")


def _pages(name: str) -> int:
    """So many pages in bytes; 0 where the system does not say."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return max(os.sysconf(name), 0) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _number_in(path: Path) -> int | None:
    """None where there is no such file, or no limit: then it says "max"."""
    with contextlib.suppress(OSError, ValueError):
        return int(path.read_text(encoding="ascii"))
    return None


def _own_limit() -> list[int]:
    """Of this process alone, as ulimit sets it."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        return [] if limit == resource.RLIM_INFINITY else [limit]
    return []


class _Status(ctypes.Structure):
    """MEMORYSTATUSEX of Windows; all 0 where it cannot be had."""

    _fields_ = (
        *(
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            ("total", ctypes.c_uint64),
            ("available", ctypes.c_uint64),
        ),
        *((name, ctypes.c_uint64) for name in ("total_paged", "free_paged", "total_virtual", "free_virtual", "extended")),
    )

    total: int
    available: int


def _of_windows() -> _Status:
    status = _Status(length=ctypes.sizeof(_Status))
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status))
    return status
