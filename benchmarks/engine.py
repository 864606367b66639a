"""How fast nnlab's engine is beside PyTorch and scikit-learn on the same CPU, and what it needs.

    python benchmarks/engine.py [--data DIR] [--only mlp,cnn,...] [--repeats 5] [--threads 2] [--quick]

Both sides train the same model on batches of the same size with the same optimizer and as many threads, in turns within
one process. nnlab runs through its real loop: the order drawn per epoch, batches gathered from bytes and scaled, loss and
accuracy of every step recorded. The peers find their data scaled to floats in memory, and record the loss. Before anything
is timed the two must agree about the losses from the same weights. Times are medians of the quietest rounds; a ratio below
1 means that nnlab is faster, and differences below 0.1 mean little.

--only takes beginnings of the names of workloads (nnlab/experiments/benchmark/workloads.py) and of what follows them: sizes,
memory, allocations. `nnlab bench` is the table alone, without targets.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from costs import print_allocations, print_memory

from nnlab import optional
from nnlab.errors import NnlabError
from nnlab.experiments.benchmark.measuring import QUICK_STEPS, Measuring, measured, set_peer_threads
from nnlab.experiments.benchmark.outcome import Outcome
from nnlab.experiments.benchmark.pictures import Pictures, load_pictures
from nnlab.experiments.benchmark.products import sgemm_peak
from nnlab.experiments.benchmark.workloads import WORKLOADS, Workload, mlp
from nnlab.experiments.computer import set_threads
from nnlab.experiments.places import data_folders

PARTS = ("sizes", "memory", "allocations")
BATCH_SIZES = (16, 32, 64, 128, 256, 512, 1024)
HIDDEN_SIZES = (32, 64, 128, 256, 512, 1024)
TITLE = max(len(workload.title) for workload in WORKLOADS)
# Of every workload nnlab's time over the peer's: what has to be reached, and what is aimed at.
TARGETS = {
    "mlp-128": (0.62, 0.50),
    "mlp-64": (0.50, 0.43),
    "mlp-adam": (0.80, 0.68),
    "full-batch": (0.70, 0.57),
    "autoencoder": (0.75, 0.65),
    "rbm-256": (0.85, 0.75),
    "rbm-500": (0.90, 0.80),
    "cnn-64": (0.42, 0.32),
    "cnn-128": (0.42, 0.32),
    "deep-cnn-64": (1.00, 0.85),
    "deep-cnn-128": (1.00, 0.85),
    "sklearn-mlp": (0.60, 0.45),
    "sklearn-rbm": (0.58, 0.45),
}


def main() -> None:
    """The table of targets, then what it costs."""
    arguments = parse_arguments()
    set_threads(arguments.threads)
    try:
        optional.required("torch")
    except NnlabError as error:
        raise SystemExit(str(error)) from None
    set_peer_threads(arguments.threads)
    workloads, parts = chosen(arguments.only)
    folders = data_folders(arguments.data)
    pictures = load_pictures(folders)
    how = Measuring(arguments.threads, arguments.repeats, arguments.quick)
    print(f"{how.threads} threads, NumPy {np.__version__}, PyTorch {optional.version_of('torch')}\n")
    if workloads:
        print_peak(print_targets(workloads, pictures, how))
    if "sizes" in parts:
        print_sizes(pictures, how)
    if "memory" in parts:
        print_memory(folders, how.threads)
    if "allocations" in parts:
        print_allocations(pictures.dataset)


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


def print_targets(workloads: Sequence[Workload], pictures: Pictures, how: Measuring) -> list[Outcome]:
    """The workloads beside their targets, each as soon as it has been measured."""
    print("Seconds per epoch of 60,000 pictures; others: cores that other programs took away meanwhile, at worst\n")
    print(f"{'workload':<{TITLE}}  nnlab s   peer s  ratio  reach   aim  others  peer")
    outcomes = []
    for workload in workloads:
        outcome = beside_peer(workload, pictures, how)
        outcomes.append(outcome)
        reach, aim = TARGETS[workload.key]
        print(
            f"{times_text(workload.title, outcome)} {reach:6.2f} {aim:5.2f} {outcome.disturbance:7.2f}  {outcome.peer}",
            flush=True,
        )
    return outcomes


def beside_peer(workload: Workload, pictures: Pictures, how: Measuring) -> Outcome:
    """Both sides; ends where there is nothing to compare with."""
    outcome = measured(workload, pictures, how)
    if outcome.why:
        raise SystemExit(outcome.why)
    return outcome


def times_text(title: str, outcome: Outcome) -> str:
    """A line of times, and their ratio."""
    return f"{title:<{TITLE}} {outcome.seconds:8.3f} {outcome.peer_seconds:8.3f} {outcome.ratio:6.2f}"


def print_peak(outcomes: Sequence[Outcome]) -> None:
    """How much of the machine's own matrix product nnlab's training makes use of."""
    peak = sgemm_peak()
    print(f"\nShare of the machine's own sgemm peak, {peak:.0f} GFLOP/s; only the model's matrix products are counted\n")
    print(f"{'workload':<{TITLE}}  GFLOP/s  share")
    for outcome in outcomes:
        print(f"{outcome.title:<{TITLE}} {outcome.rate:8.0f} {outcome.rate / peak:6.0%}")


def print_sizes(pictures: Pictures, how: Measuring) -> None:
    """Seconds per epoch of MLP 784-h-10 against the batch size and against h."""
    base = next(workload for workload in WORKLOADS if workload.key == "mlp-128")
    by_batch = [(f"batch {size}, hidden 128", replace(base, batch_size=size)) for size in BATCH_SIZES]
    by_hidden = [(f"hidden {size}, batch 128", replace(base, model=mlp(size, 10))) for size in HIDDEN_SIZES]
    for title, workloads in (("the batch size", by_batch), ("the size of the model", by_hidden)):
        print(f"\nSeconds per epoch against {title}: MLP 784-hidden-10, SGD\n")
        print(f"{'':<{TITLE}}  nnlab s   peer s  ratio")
        for name, workload in workloads:
            print(times_text(name, beside_peer(workload, pictures, how)), flush=True)


if __name__ == "__main__":
    main()
