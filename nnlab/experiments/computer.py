"""The machine's part in a result: BLAS, its threads, and versions. Same experiment, seed and these: same bits."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from nnlab.errors import SettingError


def set_threads(count: int) -> int:
    """Let BLAS use so many threads, for the whole process; 0 means all cores. Returns the number."""
    if count < 0:
        raise SettingError(f"threads: {count} is out of range; it must be at least 1, or 0 for all cores")
    count = count or os.cpu_count() or 1
    ThreadpoolController().limit(limits=count, user_api="blas")
    return count


def available_cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def threads_within(count: int) -> Iterator[None]:
    """While this lasts BLAS uses so many threads in the whole process; afterwards as many as before."""
    with ThreadpoolController().limit(limits=count, user_api="blas"):
        yield


def engine_versions() -> dict[str, str]:
    """NumPy's version, and the BLAS with its version and threads, as texts for a file's metadata."""
    libraries: list[dict[str, Any]] = [entry for entry in ThreadpoolController().info() if entry["user_api"] == "blas"]
    # SciPy brings one of its own, which is no part of the engine.
    blas = min(libraries, key=lambda entry: "numpy" not in entry["filepath"], default={})
    return {
        "numpy": np.__version__,
        "blas": f"{blas.get('internal_api', 'unknown')} {blas.get('version', '')}".strip(),
        "threads": str(blas.get("num_threads", 1)),
    }
