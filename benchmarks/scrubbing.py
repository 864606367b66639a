"""How soon a step of the past is there: 100 random steps of a 10-epoch MNIST MLP, and 100 steps back one by one.

    python benchmarks/scrubbing.py [--data DIR] [--optimizer adam] [--visits 100]

The run is trained with a journal beside it, as in the window, on one thread, into a store of its own. Then its steps are
visited as the timeline does, in a fresh process's memory: the first visit finds nothing but the snapshots on the disk.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QCoreApplication, QEventLoop

from nnlab.datasets import Dataset
from nnlab.experiments.assembly import assemble
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import load_experiment, with_settings
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.visiting import Visitor
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import data_folders
from nnlab.probes import Selection
from nnlab.ui.messages import ProbeRequest
from nnlab.ui.past import Past

EXPERIMENT = Path(__file__).resolve().parent.parent / "resources" / "examples" / "mnist-mlp.toml"


def trained(folder: Path, optimizer: str, data: Path | None) -> Visitor:
    """A run that was kept while it was trained, and its visitor."""
    settings = [f"training.optimizer={optimizer}", "training.learning_rate=0.001", "training.epochs=10"]
    experiment = with_settings(load_experiment(EXPERIMENT), settings)
    run = assemble(experiment, data_folders(data))
    writer = JournalWriter(folder, print)
    recorder = Recorder(writer, run, experiment)
    started = time.perf_counter()
    for step in run:
        recorder.add(step, time.perf_counter() - started)
    recorder.record(time.perf_counter() - started, "done", is_left=True)
    seconds = time.perf_counter() - started
    writer.close()
    store, _ = open_store(folder)
    snapshots = store.snapshots(1)
    size = sum(snapshot.bytes for snapshot in snapshots) / 1e6
    print(f"{run.step:,} steps in {seconds:.1f} s, {len(snapshots)} snapshots of {size:.0f} MB")
    return Visitor(store, 1, dataset=run.data.dataset)


def visit(go: Callable[[int], object], steps: list[int]) -> tuple[list[float], list[float]]:
    """Milliseconds for each: by the clock, and of the processor, which other programs take no part of."""
    clock, processor = [], []
    for step in steps:
        started, used = time.perf_counter(), time.process_time()
        go(step)
        clock.append(1e3 * (time.perf_counter() - started))
        processor.append(1e3 * (time.process_time() - used))
    return clock, processor


def tell(what: str, taken: tuple[list[float], list[float]]) -> None:
    """Median, 95th percentile and the longest, of both."""
    print(f"{what:<36}", end="")
    for name, times in zip(("clock", "processor"), taken, strict=True):
        ordered = sorted(times)
        late = ordered[min(round(0.95 * len(ordered)), len(ordered) - 1)]
        print(f"  {name}: median {statistics.median(ordered):5.0f} 95 % {late:5.0f} max {ordered[-1]:5.0f} ms", end="")
    print()


def seen(folder: Path, dataset: Dataset) -> tuple[Past, Callable[[int], None]]:
    """The run as the window sees it: through the thread of the past, with two views looking."""
    past, loop = Past(folder, []), QEventLoop()
    past.arrived.connect(loop.quit)
    past.prepared.connect(loop.quit)
    past.open(1, dataset)
    loop.exec()
    probes = tuple(ProbeRequest(name, name, Selection()) for name in ("network", "weights"))

    def go(step: int) -> None:
        past.visit(step, probes)
        loop.exec()

    return past, go


def main() -> None:
    """Train, and go back."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--optimizer", default="adam")
    parser.add_argument("--visits", type=int, default=100)
    arguments = parser.parse_args()
    application = QCoreApplication([])
    set_threads(1)
    with TemporaryDirectory() as folder:
        visitor = trained(Path(folder), arguments.optimizer, arguments.data)
        last, draw = visitor.record.step, random.Random(0)
        anywhere = [draw.randrange(last + 1) for _ in range(arguments.visits)]
        tell("random steps", visit(visitor.at, anywhere))
        half = last // 2
        tell("back one by one", visit(visitor.at, list(range(half, half - arguments.visits, -1))))
        tell("forth one by one", visit(visitor.at, list(range(half, half + arguments.visits))))
        near = [snapshot.step + 1 for snapshot in visitor._snapshots[1:-1]]
        tell("the step behind a snapshot", visit(visitor.at, draw.sample(near, min(len(near), arguments.visits))))
        past, go = seen(Path(folder), visitor.run.data.dataset)
        tell("random steps, seen by two views", visit(go, anywhere))
        past.close()
    del application


if __name__ == "__main__":
    main()
