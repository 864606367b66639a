"""What more rows cost: the same steps on files from 60,000 to many millions of pictures, which are mapped and not read.

    python benchmarks/many_rows.py FILE

trains on one file in this process, and prints what it took.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from panels import Panel

from nnlab.datasets import Examples

STEPS, WARM_UP, BATCH = 500, 20, 128
# Of a row, with its label.
_BYTES = 28 * 28 + 1
ROWS = (60_000, 300_000, 1_000_000)
QUICK_ROWS = (60_000, 1_000_000)
_WORDS = (
    "An epoch's order is drawn when it begins, and is part of the first step. Files that a quarter of the available memory "
    "holds are copied, those beyond are mapped; memory is what the process holds for itself above what it held before."
)


def by_rows(train: Examples, most: int, is_quick: bool, within: Path | None) -> Panel:
    """Milliseconds of a step, seconds until the first is made, and memory, each on files of so many rows."""
    into = within or Path(tempfile.gettempdir())
    if shutil.disk_usage(into).free < (needed := most * _BYTES):
        raise SystemExit(
            f"{into} has no room for {most:,} rows, {needed / 1e9:.1f} GB; choose another --folder or fewer --rows"
        )
    counts = sorted({*(count for count in (QUICK_ROWS if is_quick else ROWS) if count < most), most})
    found = {"ms a step": [], "s to the first step": [], "GB of the file": [], "GB of memory": []}
    for count in counts:
        # One at a time: the largest is as large as a disk has room for.
        with tempfile.TemporaryDirectory(dir=within) as folder:
            path = write_rows(Path(folder), count, train)
            taken = _in_process(path)
            taken["GB of the file"] = path.stat().st_size / 1e9
        for name, points in found.items():
            points.append((count, taken[name]))
    return Panel("Rows of a file of pictures: MLP 784-128-10, batch 128", "rows", "ms, s, GB", found, words=_WORDS)


def write_rows(folder: Path, count: int, train: Examples) -> Path:
    """x_COUNT.npy with so many pictures, those of `train` again and again, and y_COUNT.npy with their labels; in blocks."""
    path = folder / f"x_{count}.npy"
    pictures = np.lib.format.open_memmap(path, "w+", np.uint8, (count, 28, 28))
    labels = np.empty(count, np.uint8)
    for start in range(0, count, len(train)):
        part = min(len(train), count - start)
        pictures[start : start + part] = train.inputs[:part, :, :, 0]
        labels[start : start + part] = train.labels[:part]
    pictures.flush()
    np.save(folder / f"y_{count}.npy", labels)
    return path


def memory_of_its_own() -> float:
    """MB of memory that is no mapped file."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1000


def experiment_on(path: Path, steps: int) -> dict[str, object]:
    """An MLP 784-128-10 that learns from a file, as experiment files have it."""
    layers = [{"kind": "dense", "units": 128}, "relu", {"kind": "dense", "units": 10}, "softmax"]
    return {
        "dataset": {"path": str(path), "test": 0.0, "validation": 0.0},
        "model": {"kind": "mlp", "layers": layers},
        "training": {"steps": steps, "epochs": steps, "batch_size": BATCH},
    }


def _in_process(path: Path) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"training on {path.name} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def main(path: str) -> None:
    """Open, train, and print."""
    from nnlab.experiments.assembly import assemble
    from nnlab.experiments.computer import set_threads
    from nnlab.experiments.experiment import experiment_from_table

    set_threads(1)
    experiment = experiment_from_table(experiment_on(Path(path), STEPS + WARM_UP + 1))
    before, started = memory_of_its_own(), time.perf_counter()
    run = assemble(experiment, [])
    next(run)
    first = time.perf_counter() - started
    for _ in range(WARM_UP):
        next(run)
    started = time.perf_counter()
    for _ in range(STEPS - 1):
        next(run)
    milliseconds = 1e3 * (time.perf_counter() - started) / (STEPS - 1)
    memory = (memory_of_its_own() - before) / 1e3
    print(json.dumps({"ms a step": milliseconds, "s to the first step": first, "GB of memory": memory}))


if __name__ == "__main__":
    main(sys.argv[1])
