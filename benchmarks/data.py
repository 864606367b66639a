"""What it costs to open large files and to train on more data than memory holds.

    python benchmarks/data.py [--data DIR] [--rows 2000000] [--folder DIR]

Writes MNIST as a CSV file of 60,000 x 785 and opens it in processes of their own: with NumPy's own reader, with nnlab for
the first time, and again. Then trains 500 steps on .npy files of 60,000 and of --rows pictures. Memory is what the process
holds for itself (mapped files are the system's to take back), above what it held before it opened the file. Files that a
quarter of the available memory holds are copied, those beyond are mapped.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from many_rows import experiment_on, memory_of_its_own, write_rows

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.experiments.places import data_folders

ROUNDS = 3
STEPS = 500


def main() -> None:
    """The files, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--folder", type=Path, help="where the files are written, and taken away again")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        part, path = arguments.part
        print(json.dumps(PARTS[part](Path(path))))
        return
    train = load_dataset(DatasetSettings("mnist"), data_folders(arguments.data)).train
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        os.environ["NNLAB_HOME"] = str(Path(folder) / "home")
        compare_csv(train, Path(folder))
        compare_sizes(train, Path(folder), arguments.rows)


def compare_csv(train: object, folder: Path) -> None:
    """NumPy's reader and nnlab's, in turn."""
    path = folder / "train.csv"
    table = np.column_stack([train.labels, train.inputs.reshape(len(train), -1)])
    names = ",".join(["label", *(f"pixel{place}" for place in range(784))])
    np.savetxt(path, table, fmt="%d", delimiter=",", header=names, comments="")
    rounds = {"loadtxt": [], "first": [], "again": []}
    for _ in range(ROUNDS):
        for part, found in rounds.items():
            if part == "first":
                subprocess.run(["rm", "-rf", os.environ["NNLAB_HOME"]], check=True)
            found.append(run("loadtxt" if part == "loadtxt" else "open", path))
    middle = {part: sorted(found, key=lambda entry: entry["seconds"])[ROUNDS // 2] for part, found in rounds.items()}
    print(f"CSV of {len(train):,} x 785, {path.stat().st_size / 1e6:.0f} MB             seconds   memory MB")
    for part, words in (("loadtxt", "numpy.loadtxt(dtype=uint8)"), ("first", "nnlab"), ("again", "nnlab, second opening")):
        print(f"{words:<42} {middle[part]['seconds']:9.2f} {middle[part]['peak']:11.0f}")
    ratio = middle["first"]["seconds"] / middle["loadtxt"]["seconds"]
    print(f"nnlab / loadtxt {ratio:.2f} (target < 1.5); second opening < 0.3 s; memory < 150 MB\n")


def compare_sizes(train: object, folder: Path, rows: int) -> None:
    """The same steps on few and on many rows."""
    print(f"{STEPS} steps of a 784-128-10 network at batch 128     seconds   memory MB")
    for count in (60_000, rows):
        path = write_rows(folder, count, train)
        found = run("train", path)
        print(
            f"{count:>12,} rows, {path.stat().st_size / 1e6:6,.0f} MB on disk {found['seconds']:19.2f} {found['peak']:11.0f}"
        )


def run(part: str, path: Path) -> dict[str, float]:
    """One measurement in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--part", part, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{part} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def measured(work: object) -> dict[str, float]:
    """Seconds, and the most memory of its own (anonymous pages) that the process had meanwhile, in MB above the start."""
    from threading import Event, Thread

    before, peak, ended = memory_of_its_own(), [0.0], Event()

    def watch() -> None:
        while not ended.wait(0.005):
            peak[0] = max(peak[0], memory_of_its_own())

    watcher = Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    kept = work()
    seconds = time.perf_counter() - started
    ended.set()
    watcher.join()
    del kept
    return {"seconds": seconds, "peak": max(peak[0], memory_of_its_own()) - before}


def loadtxt(path: Path) -> dict[str, float]:
    """NumPy's own reader."""
    return measured(lambda: np.loadtxt(path, dtype=np.uint8, delimiter=",", skiprows=1, comments=None))


def open_file(path: Path) -> dict[str, float]:
    """nnlab's, with whatever it has kept."""
    from nnlab.experiments.assembly import load_data

    settings = DatasetSettings({"kind": "file", "path": str(path), "test": 0.0})
    return measured(lambda: load_data(settings, []))


def train_on(path: Path) -> dict[str, float]:
    """Open and train."""
    from nnlab.experiments.assembly import assemble
    from nnlab.experiments.computer import set_threads
    from nnlab.experiments.experiment import experiment_from_table

    set_threads(1)
    experiment = experiment_from_table(experiment_on(path, STEPS))

    def work() -> object:
        run = assemble(experiment, [])
        for _ in range(STEPS - 1):
            next(run)
        return run

    return measured(work)


PARTS = {"loadtxt": loadtxt, "open": open_file, "train": train_on}

if __name__ == "__main__":
    main()
