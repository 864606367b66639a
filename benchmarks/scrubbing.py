"""How soon a step of the past is there: 100 random steps of a 10-epoch MNIST MLP, and 100 steps back one by one.

    python benchmarks/scrubbing.py [--data DIR] [--optimizer adam] [--visits 100]

The run is trained with a journal beside it, as in the window, on one thread, into a store of its own. Then its steps are
visited as the timeline does, in a fresh process's memory: the first visit finds nothing but the snapshots on the disk.
"""

import argparse
import random
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from nnlab.experiments.assembly import assemble
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import load_experiment, with_settings
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.visiting import Visitor
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import data_folders

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


def visit(visitor: Visitor, steps: list[int]) -> list[float]:
    """Seconds for each."""
    taken = []
    for step in steps:
        started = time.perf_counter()
        assert visitor.at(step).run.step == step
        taken.append(time.perf_counter() - started)
    return taken


def tell(what: str, seconds: list[float]) -> None:
    """Median, 95th percentile and the longest."""
    ordered = sorted(1e3 * taken for taken in seconds)
    late = ordered[min(round(0.95 * len(ordered)), len(ordered) - 1)]
    print(f"{what:<28} median {statistics.median(ordered):6.1f} ms   95 % {late:6.1f} ms   max {ordered[-1]:6.1f} ms")


def main() -> None:
    """Train, and go back."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--optimizer", default="adam")
    parser.add_argument("--visits", type=int, default=100)
    arguments = parser.parse_args()
    set_threads(1)
    with TemporaryDirectory() as folder:
        visitor = trained(Path(folder), arguments.optimizer, arguments.data)
        last, draw = visitor.record.step, random.Random(0)
        tell("random steps", visit(visitor, [draw.randrange(last + 1) for _ in range(arguments.visits)]))
        half = last // 2
        tell("back one by one", visit(visitor, list(range(half, half - arguments.visits, -1))))
        tell("forth one by one", visit(visitor, list(range(half, half + arguments.visits))))
        near = [snapshot.step + 1 for snapshot in visitor._snapshots[1:-1]]
        tell("the step behind a snapshot", visit(visitor, draw.sample(near, min(len(near), arguments.visits))))


if __name__ == "__main__":
    main()
