"""Which nnlab, Python and system these are, and how fast the engine multiplies here."""

import os
import platform
import sys
import time
from pathlib import Path

import numpy as np

import nnlab
from nnlab.desktop.findings import Findings
from nnlab.desktop.system_libraries import release_facts
from nnlab.experiments.benchmark.processor import processor_name
from nnlab.experiments.computer import engine_versions
from nnlab.memory import available_memory, total_memory

# A product of two square matrices of so many rows, and the best of so many.
_SIDE, _TRIES = 1024, 5
_LEAST_MEMORY = 1 << 30


def program_facts() -> Findings:
    """Version and place of nnlab, Python, and the system."""
    release = release_facts().get("PRETTY_NAME", "")
    return Findings(
        {
            "version": nnlab.__version__,
            "lies in": str(Path(nnlab.__file__).parent),
            "Python": f"{platform.python_version()} ({platform.python_implementation()}), {sys.executable}",
            "system": ", ".join(filter(None, (release, platform.platform()))),
        }
    )


def engine_facts() -> Findings:
    """Processor, memory, NumPy and its BLAS, and the rate of a product in float32."""
    versions, free = engine_versions(), available_memory()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    facts = {
        "processor": f"{processor_name()}, {platform.machine()}",
        "cores": f"{cores} for this process, {os.cpu_count()} in all",
        "memory": f"{_gigabytes(free)} free of {_gigabytes(total_memory())}",
        "NumPy": f"{versions['numpy']}, {_extensions()}",
        "BLAS": f"{versions['blas']}, {versions['threads']} threads",
        "matrix product": f"{_rate():,.0f} GFLOP/s ({_SIDE} x {_SIDE}, float32)",
    }
    problems = []
    if free < _LEAST_MEMORY:
        problems.append(f"only {_gigabytes(free)} of memory are free; close other programs")
    return Findings(facts, tuple(problems))


def _rate() -> float:
    """Multiplications and additions in nanoseconds: 2 n^3 of them in one product of n x n matrices."""
    one = np.random.default_rng(0).standard_normal((_SIDE, _SIDE), dtype=np.float32)
    product, seconds = np.empty_like(one), []
    for _ in range(_TRIES):
        began = time.perf_counter()
        np.matmul(one, one, out=product)
        seconds.append(time.perf_counter() - began)
    return 2 * _SIDE**3 / min(seconds) / 1e9


def _extensions() -> str:
    """The processor's instructions that NumPy uses here."""
    config = np.show_config(mode="dicts") or {}
    found = config.get("SIMD Extensions", {}).get("found", [])
    return f"{', '.join(found[-3:])} found" if found else "no further instructions of the processor found"


def _gigabytes(count: int) -> str:
    return f"{count / (1 << 30):,.1f} GB"
