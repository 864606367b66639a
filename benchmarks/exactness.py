"""Whether any step of a run comes again, to the last bit: of every example and of every optimizer.

    python benchmarks/exactness.py [--data DIR] [--only NAME] [--steps 20] [--seed 1] [--whole]

A run is trained without a journal, and its parameters are noted at random steps and at its end. It is trained once more
with a journal; then each of those steps is gone back into, back and forth as the timeline does, and from a random one the
run goes on to its end with nothing changed. All must be equal bit for bit. Examples whose whole run takes minutes are
trained for the epochs that stand here, unless --whole is said; every optimizer is on the network of digits-mlp. A row is
printed for each.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from nnlab.datasets import Dataset
from nnlab.experiments.assembly import assemble, load_data
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import Experiment, load_experiment, with_settings
from nnlab.experiments.headless_training import Work, finish, run_experiment
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.visiting import Visitor
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.model_file import parameters_sha256
from nnlab.experiments.places import data_folders
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.resources import example_files

# What of the long ones is trained: all that is peculiar to them happens within.
_SHORTER = {
    "mnist-deep-autoencoder": ["model.pretrain_epochs=1", "training.epochs=5"],
    "kaggle-mlp-full-batch": ["training.epochs=60"],
    "mnist-cnn-deep": ["training.epochs=1"],
}
_EPOCHS = ["training.epochs=2"]
_AT_HAND = ("digits", "xor", "sine")


def cases(whole: bool) -> Iterator[Experiment]:
    """Every example, and one with every optimizer."""
    for path in example_files():
        experiment = load_experiment(path)
        is_long = experiment.dataset.source.name not in _AT_HAND and not whole
        yield with_settings(experiment, _SHORTER.get(experiment.name, _EPOCHS)) if is_long else experiment
    digits = next(load_experiment(path) for path in example_files() if path.stem == "digits-mlp")
    for name in OPTIMIZERS:
        training = replace(digits.training, optimizer=name, learning_rate=0.005, epochs=10)
        yield replace(digits, name=f"optimizer-{name}", training=training)


def check(experiment: Experiment, folders: Sequence[Path], count: int, rng: random.Random) -> bool:
    """Print a row; whether all was equal."""
    dataset = load_data(experiment.dataset, folders)
    run = assemble(experiment, folders, dataset)
    total = run.total_steps
    chosen = sorted(rng.sample(range(total + 1), min(count, total)))
    bare = {0: parameters_sha256(run.model)}
    for step in run:
        if step.number in chosen:
            bare[step.number] = parameters_sha256(run.model)
    end, last = parameters_sha256(run.model), run.step
    # Where the best epoch was put back, the last step has the numbers of the end.
    bare[last] = end
    chosen = [step for step in chosen if step <= last]
    with TemporaryDirectory() as folder:
        wrong, seconds, snapshots = _visits(experiment, dataset, folders, Path(folder), chosen, bare)
        again = _end_again(experiment, dataset, folders, Path(folder), rng.randrange(last))
    is_equal = not wrong and again == end
    words = f"{1000 * statistics.median(seconds):6.0f} {1000 * max(seconds):6.0f}  {'equal' if is_equal else 'NOT EQUAL'}"
    print(f"{experiment.name:28} {last:7,} {snapshots:5} {len(chosen):5} {words}")
    if not is_equal:
        print(f"    steps that differ: {wrong}; the same end: {again == end}")
    return is_equal


def _visits(
    experiment: Experiment,
    dataset: Dataset,
    folders: Sequence[Path],
    folder: Path,
    chosen: Sequence[int],
    bare: dict[int, str],
) -> tuple[list[int], list[float], int]:
    """The steps that differ, how long each took to get at, and how many snapshots there are."""
    writer = JournalWriter(folder / "runs", lambda said: sys.exit(said))
    run = assemble(experiment, folders, dataset)
    finish(Work(run, experiment, folders=folders), folder, 1, journal=writer)
    writer.close()
    store, _ = open_store(folder / "runs")
    visitor, wrong, seconds = Visitor(store, 1, folders, dataset), [], []
    for step in random.Random(len(chosen)).sample(chosen, len(chosen)):
        began = time.perf_counter()
        standing = visitor.at(step)
        seconds.append(time.perf_counter() - began)
        if standing.run.step != step or parameters_sha256(standing.run.model) != bare[step]:
            wrong.append(step)
    count = len(store.snapshots(1))
    store.close()
    return wrong, seconds, count


def _end_again(experiment: Experiment, dataset: Dataset, folders: Sequence[Path], folder: Path, step: int) -> str:
    """What the run comes to, from a step on, with nothing changed."""
    store, _ = open_store(folder / "runs")
    run = run_at(store, store.run(1), step, folders, dataset=dataset).run
    store.close()
    for _ in run:
        pass
    return parameters_sha256(run.model)


def main() -> None:
    """A row for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--only", action="append")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--whole", action="store_true", help="the long examples, too, with all of their epochs")
    chosen = parser.parse_args()
    set_threads(1)
    rng, results = random.Random(chosen.seed), []
    print(f"{'':28} {'steps':>7} {'snaps':>5} {'seen':>5} {'median':>6} {'worst':>6}  ms to a step")
    with TemporaryDirectory() as encoders:
        folders = [*data_folders(chosen.data), Path(encoders)]
        for experiment in cases(chosen.whole):
            if chosen.only and experiment.name not in chosen.only:
                continue
            if experiment.dataset.encoder:
                stem = Path(experiment.dataset.encoder).stem
                example = next(load_experiment(path) for path in example_files() if path.stem == stem)
                run_experiment(with_settings(example, ["training.epochs=1"]), folders, Path(encoders), 1)
            results.append(check(experiment, folders, chosen.steps, rng))
            sys.stdout.flush()
    print(f"{sum(results)} of {len(results)} equal")
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
