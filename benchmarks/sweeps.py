"""What a second worker brings: trials per second of a sweep of digits-mlp on one process of this machine, and on two.

    python benchmarks/sweeps.py [--trials 64] [--epochs 40] [--rounds 3] [--workers 2]

Both take turns, so that both have the same minutes of a shared machine, and write into a store of their own each time. All
of it counts, from asking until the sweep is done: the start of the processes and writing the store, too. Beside each ratio
stands the load that others made before: two workers on two cores of which one is taken are no faster than one.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from nnlab.experiments.experiment import load_experiment, with_settings
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.sweeps.axis import Range
from nnlab.experiments.sweeps.processes import Processes
from nnlab.experiments.sweeps.reading import trials
from nnlab.experiments.sweeps.records import DONE
from nnlab.experiments.sweeps.runner import SweepRun
from nnlab.experiments.sweeps.search import Random
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.resources import resource

WANTED = 1.6


def sweep_of(count: int, epochs: int) -> Sweep:
    """Rates of digits-mlp."""
    base = with_settings(load_experiment(resource("examples", "digits-mlp.toml")), [f"training.epochs={epochs}"])
    return Sweep("Rates", base, (Range("training.learning_rate", 0.001, 0.1, is_log=True),), Random(trials=count))


def rate(sweep: Sweep, workers: int) -> tuple[float, list[str]]:
    """Trials per second, and what each came to."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        run = SweepRun(Path(folder), sweep, Processes(workers))
        for _ in run:
            pass
        seconds = time.perf_counter() - started
        store = RunStore(Path(folder))
        found = trials(store, run.number)
        store.close()
    assert all(trial.state == DONE for trial in found), [trial.reason for trial in found]
    return sweep.count / seconds, [trial.checksum for trial in found]


def main() -> None:
    """Print a line for each round, and the median."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    sweep = sweep_of(chosen.trials, chosen.epochs)
    ratios = []
    for _ in range(chosen.rounds):
        before = os.getloadavg()[0]
        alone, first = rate(sweep, 1)
        together, second = rate(sweep, chosen.workers)
        assert first == second, "not the same bits"
        ratios.append(together / alone)
        words = f"{alone:.2f} trials/s on 1, {together:.2f} on {chosen.workers}"
        print(f"{words}: {ratios[-1]:.2f} times   (load {before:.1f} before)", flush=True)
    print(f"median {statistics.median(ratios):.2f} times, wanted {WANTED}")


if __name__ == "__main__":
    main()
