"""What training takes besides time: resident memory, allocations per step."""

import subprocess
import sys
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

from nnlab.datasets import Dataset, DatasetSettings, load_dataset
from nnlab.experiments.benchmark.workloads import WORKLOADS, Workload
from nnlab.experiments.computer import set_threads
from nnlab.models import MODELS

_MEMORY_TARGET = 150
_STEPS = 20
_BATCH = 128


def print_memory(folders: Sequence[Path], threads: int) -> None:
    """Resident memory above the imports, in a fresh process."""
    command = [sys.executable, __file__, str(threads), *(str(folder) for folder in folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"memory could not be measured:\n{done.stderr}")
    print(f"\nResident memory above the imports, MB (target: under {_MEMORY_TARGET})\n")
    print(done.stdout, end="")


def print_allocations(mnist: Dataset) -> None:
    """How far allocated memory rises within some steps in their stride, for every kind of model."""
    print(f"\nAllocated per step in the steady state, peak over {_STEPS} steps at batch {_BATCH}\n")
    batch = _BATCH * 784 * 4
    print(f"{'model kind':<12}  {'KB':>8}  {'of a batch of inputs':>20}")
    for kind in MODELS:
        table = {"kind": kind}
        run = Workload(kind, kind, table, {"learning_rate": 0.01}, _BATCH).run(mnist)
        for _ in range(3):
            next(run)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(_STEPS):
            next(run)
        growth = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.stop()
        print(f"{kind:<12}  {growth / 1e3:8.1f}  {growth / batch:20.1%}")


def _memory() -> dict[str, float]:
    """Resident megabytes of this process, now and at most."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return {name: 1.024e-3 * count for name, count in kilobytes.items()}


def _report_memory(threads: int, folders: Sequence[Path]) -> None:
    set_threads(threads)
    start = _memory()["VmRSS"]
    mnist = load_dataset(DatasetSettings("mnist"), folders)
    run = next(workload for workload in WORKLOADS if workload.key == "mlp-128").run(mnist)
    print(f"60,000 MNIST pictures loaded, run prepared  {_memory()['VmRSS'] - start:6.0f}")
    for _ in range(100):
        next(run)
    print(f"after 100 steps                             {_memory()['VmRSS'] - start:6.0f}")
    print(f"at most                                     {_memory()['VmHWM'] - start:6.0f}")


if __name__ == "__main__":
    _report_memory(int(sys.argv[1]), [Path(folder) for folder in sys.argv[2:]])
