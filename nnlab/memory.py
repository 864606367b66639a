"""How much memory there still is for what a program would like to hold."""

import contextlib
import ctypes
import os
import sys
from pathlib import Path

# Where nobody says.
_GUESS = 1 << 30
_LIMITS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"), Path("/sys/fs/cgroup/memory/memory.usage_in_bytes")),
)


def available_memory() -> int:
    """The bytes that may be taken before the system swaps or ends a process, as far as the system tells."""
    if sys.platform == "win32":
        return _of_windows()
    return min([_of_machine(), *_of_containers()])


def _of_machine() -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    with contextlib.suppress(OSError, ValueError, AttributeError):
        pages = next(name for name in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES") if name in os.sysconf_names)
        return max(os.sysconf(pages), 0) * os.sysconf("SC_PAGE_SIZE") or _GUESS
    return _GUESS


def _of_containers() -> list[int]:
    """What is left of the limits that a container sets; none where it says `max`."""
    left = []
    for limit, used in _LIMITS:
        with contextlib.suppress(OSError, ValueError):
            left.append(max(int(limit.read_text(encoding="ascii")) - int(used.read_text(encoding="ascii")), 0))
    return left


class _Status(ctypes.Structure):
    """MEMORYSTATUSEX of Windows."""

    _fields_ = (
        *(
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            ("total", ctypes.c_uint64),
            ("available", ctypes.c_uint64),
        ),
        *((name, ctypes.c_uint64) for name in ("total_paged", "free_paged", "total_virtual", "free_virtual", "extended")),
    )


def _of_windows() -> int:
    status = _Status(length=ctypes.sizeof(_Status))
    with contextlib.suppress(OSError, AttributeError):
        if ctypes.CDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status)):
            return int(status.available)
    return _GUESS
