"""How fast nnlab's engine is beside PyTorch, JAX and scikit-learn on the same CPU, and what it needs.

    python benchmarks/engine.py [--data DIR] [--only mlp,cnn,...] [--repeats 5] [--threads 2] [--quick]

All train the same model on batches of the same size with the same optimizer and as many threads, in turns within one
process. nnlab runs through its real loop: the order drawn per epoch, batches gathered from bytes and scaled, loss and
accuracy of every step recorded. The peers find their data scaled to floats in memory, and record the loss; JAX has a whole
epoch compiled as one loop, and a pool of as many threads (PJRT_NPROC, set before it is imported). Before anything is timed
they must agree about the losses from the same weights. nnlab is timed with BLAS's threads and with as many helpers, and the
faster of both counts: `helpers` says which. Times are medians of the quietest rounds; a ratio below 1 means that
nnlab is faster, and differences below 0.1 mean little. Of a peer whose epoch takes longer than 10 s (--quick: 0.5 s), some
steps stand for it.

--only takes beginnings of the names of workloads (nnlab/experiments/benchmark/workloads.py, and `torch-compile-mlp` and
`keras-jax-mlp`) and of what follows them: first-step, memory, allocations. `nnlab bench` is the table alone, without
targets; growth.py has the same against sizes.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from costs import print_allocations, print_memory
from first_step import print_first_steps

from nnlab import optional
from nnlab.errors import NnlabError
from nnlab.experiments.benchmark.contestants import set_peer_threads
from nnlab.experiments.benchmark.measuring import QUICK_STEPS, Measuring, measured
from nnlab.experiments.benchmark.outcome import Outcome
from nnlab.experiments.benchmark.pictures import Pictures, load_pictures
from nnlab.experiments.benchmark.processor import processor_name
from nnlab.experiments.benchmark.products import sgemm_peak
from nnlab.experiments.benchmark.workloads import WORKLOADS, Workload
from nnlab.experiments.computer import set_threads
from nnlab.experiments.places import data_folders

PARTS = ("first-step", "memory", "allocations")
MLP = WORKLOADS[0]
# One row each, whatever comes out.
ONE_EACH = (
    replace(MLP, key="torch-compile-mlp", title=f"{MLP.title}: torch.compile", peers=("torch-compile",)),
    replace(MLP, key="keras-jax-mlp", title=f"{MLP.title}: Keras on JAX", peers=("keras-jax",)),
)
ALL = (*WORKLOADS, *ONE_EACH)
TITLE = max(len(workload.title) for workload in ALL)
# What nnlab's time over that of each of the workload's peers has to be at most, in their order.
TARGETS = {
    "mlp-128": (0.60, 1.0),
    "mlp-64": (0.60, 1.0),
    "mlp-1024": (0.95, 1.0),
    "mlp-adam": (0.85, 1.0),
    "full-batch": (0.90, 1.0),
    "autoencoder": (0.75, 1.0),
    "rbm-256": (0.90, 1.0),
    "rbm-500": (0.95, 1.0),
    "cnn-64": (0.30, 0.2),
    "cnn-128": (0.28, 0.2),
    "deep-cnn-64": (0.60, 0.2),
    "deep-cnn-128": (0.75, 0.2),
    "sklearn-mlp": (0.60,),
    "sklearn-rbm": (0.58,),
}


def main() -> None:
    """The table of targets, then what it costs."""
    arguments = parse_arguments()
    threads = set_threads(arguments.threads)
    try:
        optional.required("torch")
    except NnlabError as error:
        raise SystemExit(str(error)) from None
    set_peer_threads(threads)
    workloads, parts = chosen(arguments.only)
    folders = data_folders(arguments.data)
    how = Measuring(threads, arguments.repeats, arguments.quick)
    versions = ", ".join(
        f"{optional.OPTIONAL[name].title} {optional.version_of(name) or 'none'}" for name in ("torch", "jax")
    )
    print(f"{processor_name()}, {how.threads} threads, NumPy {np.__version__}, {versions}\n")
    if workloads or "allocations" in parts:
        pictures = load_pictures(folders)
    if workloads:
        print_peak(print_targets(workloads, pictures, how))
    if "first-step" in parts:
        print_first_steps(folders, how.threads, 1 if how.is_quick else 3)
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
    workloads = [workload for workload in ALL if workload.key.startswith(beginnings)]
    parts = [part for part in PARTS if part.startswith(beginnings)]
    if not workloads and not parts:
        raise SystemExit(f"--only {only}: the names are {', '.join([*(entry.key for entry in ALL), *PARTS])}")
    return workloads, parts


def print_targets(workloads: Sequence[Workload], pictures: Pictures, how: Measuring) -> list[Outcome]:
    """The workloads beside their targets, each as soon as it has been measured."""
    print("Seconds per epoch of 60,000 pictures; others: cores that other programs took away meanwhile, at worst\n")
    print(f"{'workload':<{TITLE}}  nnlab s   peer s  ratio target    JAX s  ratio target  others  helpers  peer")
    outcomes = []
    for workload in workloads:
        outcome = measured(workload, pictures, how)
        outcomes.append(outcome)
        print(line_of(outcome, TARGETS.get(workload.key, (None,))), flush=True)
    for why in dict.fromkeys(told.why for outcome in outcomes for told in (outcome, *outcome.others) if told.why):
        print(why)
    return outcomes


def line_of(outcome: Outcome, targets: Sequence[float | None]) -> str:
    """A row of the table."""
    found = [(outcome.peer_seconds, outcome.ratio), *((rival.seconds, outcome.ratio_to(rival)) for rival in outcome.others)]
    cells = [times_text(*times, target) for times, target in zip(found, targets, strict=True)]
    # Whoever has no second peer leaves its columns empty.
    cells += [" " * len(cells[0])] * (2 - len(cells))
    ends = f"{outcome.disturbance:7.2f} {outcome.helpers:8}  {outcome.peer}"
    return f"{outcome.title:<{TITLE}} {outcome.seconds:8.3f}{''.join(cells)} {ends}"


def times_text(seconds: float | None, ratio: float | None, target: float | None) -> str:
    """A peer's time, nnlab's over it, and what that has to be at most."""
    times = f" {seconds:8.3f} {ratio:6.2f}" if seconds and ratio else f" {'none':>8} {'':6}"
    return f"{times} {target:6.2f}" if target else f"{times} {'':6}"


def print_peak(outcomes: Sequence[Outcome]) -> None:
    """How much of the machine's own matrix product nnlab's training makes use of."""
    peak = sgemm_peak()
    print(f"\nShare of the machine's own sgemm peak, {peak:.0f} GFLOP/s; only the model's matrix products are counted\n")
    print(f"{'workload':<{TITLE}}  GFLOP/s  share")
    for outcome in outcomes:
        print(f"{outcome.title:<{TITLE}} {outcome.rate:8.0f} {outcome.rate / peak:6.0%}")


if __name__ == "__main__":
    main()
