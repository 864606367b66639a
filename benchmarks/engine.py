"""How fast nnlab's engine is beside PyTorch and scikit-learn on the same CPU, and what it needs.

    python benchmarks/engine.py [--data DIR] [--only mlp,cnn,...] [--repeats 5] [--threads 2] [--quick]

Both sides train the same model on batches of the same size with the same optimizer and as many threads, in turns within
one process. nnlab runs through its real loop: the order drawn per epoch, batches gathered from bytes and scaled, loss and
accuracy of every step recorded. The peers find their data scaled to floats in memory, and record the loss. Before anything
is timed the two must agree about the losses from the same weights. Times are medians of the quietest rounds; a ratio below
1 means that nnlab is faster, and differences below 0.1 mean little.

--only takes beginnings of the names of workloads (see workloads.py) and of what follows them: sizes, memory, allocations.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from agreement import check_agreement
from costs import multiply_adds, print_allocations, print_memory, sgemm_peak
from timing import Timing, take_turns
from workloads import WORKLOADS, Workload, mlp

from nnlab.datasets import Dataset, DatasetSettings, load_dataset
from nnlab.experiments.computer import set_threads
from nnlab.experiments.places import data_folders
from nnlab.models.arrays import Array
from nnlab.models.model import Model
from nnlab.training import TrainingRun

try:
    import peers_sklearn
    import peers_torch
    import torch
except ImportError as missing:
    raise SystemExit(f"the benchmark compares with {missing.name}, which is not installed: pip install torch") from None

PARTS = ("sizes", "memory", "allocations")
BATCH_SIZES = (16, 32, 64, 128, 256, 512, 1024)
HIDDEN_SIZES = (32, 64, 128, 256, 512, 1024)
QUICK_STEPS = 100
FULL_BATCH_STEPS = 10
WARM_UP = 20
TITLE = max(len(workload.title) for workload in WORKLOADS)


@dataclass(frozen=True)
class Data:
    """MNIST as nnlab has it, and as the peers want it: pictures (60000, 784) float32 in 0 ... 1, labels (60000,)."""

    mnist: Dataset
    pictures: Array
    labels: Array


@dataclass(frozen=True)
class Outcome:
    """Times per epoch (full batch: per iteration) of both sides."""

    workload: Workload
    ours: Timing
    theirs: Timing
    rival: str
    multiply_adds: int

    @property
    def ratio(self) -> float:
        """nnlab's time over the peer's."""
        return self.ours.seconds / self.theirs.seconds

    @property
    def disturbance(self) -> float:
        """How many of the cores it needed other programs kept busy meanwhile, at worst."""
        return max(self.ours.disturbance, self.theirs.disturbance)

    @property
    def rate(self) -> float:
        """Of nnlab's matrix products, in GFLOP/s."""
        return 2e-9 * self.multiply_adds * self.workload.examples / self.ours.seconds


def main() -> None:
    """The table of targets, then what it costs."""
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)
    set_threads(arguments.threads)
    workloads, parts = chosen(arguments.only)
    folders = data_folders(arguments.data)
    data = load(folders)
    print(f"{arguments.threads} threads, NumPy {np.__version__}, PyTorch {torch.__version__}\n")
    if workloads:
        print_peak(print_targets(workloads, data, arguments))
    if "sizes" in parts:
        print_sizes(data, arguments)
    if "memory" in parts:
        print_memory(folders, arguments.threads)
    if "allocations" in parts:
        print_allocations(data.mnist)


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder that holds mnist/")
    parser.add_argument("--only", default="", help="beginnings of names, with commas between")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_STEPS} steps stand for an epoch")
    return parser.parse_args()


def chosen(only: str) -> tuple[list[Workload], list[str]]:
    """The workloads and parts whose names begin as asked; all of them if nothing was asked."""
    beginnings = tuple(name.strip() for name in only.split(",")) if only else ("",)
    workloads = [workload for workload in WORKLOADS if workload.key.startswith(beginnings)]
    parts = [part for part in PARTS if part.startswith(beginnings)]
    if not workloads and not parts:
        raise SystemExit(f"--only {only}: the names are {', '.join([*(entry.key for entry in WORKLOADS), *PARTS])}")
    return workloads, parts


def load(folders: Sequence[Path]) -> Data:
    """MNIST, and its training pictures as floats."""
    mnist = load_dataset(DatasetSettings("mnist"), folders)
    pictures = mnist.train.inputs.reshape(len(mnist.train), -1).astype(np.float32)
    return Data(mnist, np.multiply(pictures, np.float32(1 / 255), out=pictures), mnist.train.labels)


def make_peers(workload: Workload, model: Model, data: Data) -> dict[str, Any]:
    """The contestants beside nnlab, with the model's weights."""
    source = {"torch": peers_torch, "sklearn": peers_sklearn}[workload.peer]
    pictures, labels = data.pictures[: workload.examples], data.labels[: workload.examples]
    return source.peers(model, workload.experiment.training, pictures, labels)


def measure(workload: Workload, data: Data, arguments: argparse.Namespace) -> Outcome:
    """Check that both sides compute the same, then let them take turns."""
    in_order = workload.run(data.mnist, shuffle=False)
    check_agreement(workload.title, in_order, lambda model: make_peers(workload, model, data), data.pictures)
    run = workload.run(data.mnist)
    peers = make_peers(workload, run.model, data)
    steps = steps_per_sample(workload, arguments.quick)
    contestants = {"nnlab": lambda: train(run, steps), **{name: sampler(peer, steps) for name, peer in peers.items()}}
    warm_up = min(WARM_UP, steps)
    for call in (lambda: train(run, warm_up), *(sampler(peer, warm_up) for peer in peers.values())):
        call()
    scale = (1 if workload.is_full_batch else workload.steps_per_epoch) / steps
    timings = {
        name: replace(timing, seconds=timing.seconds * scale)
        for name, timing in take_turns(contestants, arguments.repeats, arguments.threads).items()
    }
    ours = timings.pop("nnlab")
    rival = min(timings, key=lambda name: timings[name].seconds)
    return Outcome(workload, ours, timings[rival], rival, multiply_adds(run.model))


def steps_per_sample(workload: Workload, quick: bool) -> int:
    """Updates that are timed at a time: an epoch of them, unless it has to be quick."""
    if workload.is_full_batch:
        return FULL_BATCH_STEPS // 3 if quick else FULL_BATCH_STEPS
    return min(QUICK_STEPS, workload.steps_per_epoch) if quick else workload.steps_per_epoch


def train(run: TrainingRun, steps: int) -> None:
    """So many steps of nnlab's loop."""
    for _ in range(steps):
        next(run)


def sampler(peer: Any, steps: int) -> Any:
    """A call that lets the peer make so many steps."""
    return lambda: peer.train(steps)


def print_targets(workloads: Sequence[Workload], data: Data, arguments: argparse.Namespace) -> list[Outcome]:
    """The workloads beside their targets, each as soon as it has been measured."""
    print("Seconds per epoch of 60,000 pictures; others: cores that other programs took away meanwhile, at worst\n")
    print(f"{'workload':<{TITLE}}  nnlab s   peer s  ratio  reach   aim  others  peer")
    outcomes = []
    for workload in workloads:
        outcome = measure(workload, data, arguments)
        outcomes.append(outcome)
        print(
            f"{workload.title:<{TITLE}} {outcome.ours.seconds:8.3f} {outcome.theirs.seconds:8.3f} {outcome.ratio:6.2f}"
            f" {workload.reach:6.2f} {workload.aim:5.2f} {outcome.disturbance:7.2f}  {outcome.rival}",
            flush=True,
        )
    return outcomes


def print_peak(outcomes: Sequence[Outcome]) -> None:
    """How much of the machine's own matrix product nnlab's training makes use of."""
    peak = sgemm_peak()
    print(f"\nShare of the machine's own sgemm peak, {peak:.0f} GFLOP/s; only the model's matrix products are counted\n")
    print(f"{'workload':<{TITLE}}  GFLOP/s  share")
    for outcome in outcomes:
        print(f"{outcome.workload.title:<{TITLE}} {outcome.rate:8.0f} {outcome.rate / peak:6.0%}")


def print_sizes(data: Data, arguments: argparse.Namespace) -> None:
    """Seconds per epoch of MLP 784-h-10 against the batch size and against h."""
    base = next(workload for workload in WORKLOADS if workload.key == "mlp-128")
    by_batch = [(f"batch {size}, hidden 128", replace(base, batch_size=size)) for size in BATCH_SIZES]
    by_hidden = [(f"hidden {size}, batch 128", replace(base, model=mlp(size, 10))) for size in HIDDEN_SIZES]
    for title, workloads in (("the batch size", by_batch), ("the size of the model", by_hidden)):
        print(f"\nSeconds per epoch against {title}: MLP 784-hidden-10, SGD\n")
        print(f"{'':<{TITLE}}  nnlab s   peer s  ratio")
        for name, workload in workloads:
            outcome = measure(workload, data, arguments)
            times = f"{outcome.ours.seconds:8.3f} {outcome.theirs.seconds:8.3f} {outcome.ratio:6.2f}"
            print(f"{name:<{TITLE}} {times}", flush=True)


if __name__ == "__main__":
    main()
