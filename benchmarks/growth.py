"""How nnlab's training grows: with the batch, the width and the depth of a network, the rows of a file, helpers, and cores.

    python benchmarks/growth.py [--only batch,width,depth,rows,helpers,cores] [--data DIR] [--threads 2] [--repeats 3]
                                [--quick] [--helpers 4 8] [--rows 10000000] [--folder DIR] [--write docs/growth]

Beside PyTorch and JAX where they are installed, as engine.py measures. The rows lie in a .npy file of pictures of 28 x 28,
which is written into a temporary folder (--folder: within this one), in blocks, and taken away again; 10 million are 7.8 GB.
What 4, 8 and 16 cores would bring is worked out from what a step costs on one (cores.py). --write makes a picture, and a
page with the same as tables, of this name: docs/growth.svg and docs/growth.md. Without it the tables are only printed.
"""

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from cores import METHOD, estimated
from helpers import by_helpers
from many_rows import by_rows
from panels import Panel, write_panels

from nnlab import optional
from nnlab.atomic_file import write_atomically
from nnlab.experiments.benchmark.contestants import set_peer_threads
from nnlab.experiments.benchmark.measuring import QUICK_STEPS, Measuring, measured
from nnlab.experiments.benchmark.outcome import Outcome
from nnlab.experiments.benchmark.pictures import Pictures, load_pictures
from nnlab.experiments.benchmark.processor import processor_name
from nnlab.experiments.benchmark.workloads import WORKLOADS, Workload, mlp
from nnlab.experiments.computer import set_threads
from nnlab.experiments.places import data_folders
from nnlab.words import counted

PARTS = ("batch", "width", "depth", "rows", "helpers", "cores")
MLP = WORKLOADS[0]
# Title, name of the axis, sizes, those of a quick run, and the workload of a size.
SIZES: dict[str, tuple[str, str, tuple[int, ...], tuple[int, ...], Callable[[int], Workload]]] = {
    "batch": (
        "Batch size: MLP 784-128-10",
        "examples in a batch",
        (16, 64, 128, 256, 1024, 4096),
        (16, 64, 256, 1024),
        lambda size: replace(MLP, batch_size=size),
    ),
    "width": (
        "Width: MLP 784-n-10, batch 128",
        "hidden units n",
        (32, 128, 512, 1024, 2048),
        (32, 128, 512, 2048),
        lambda size: replace(MLP, model=mlp(size, 10)),
    ),
    "depth": (
        "Depth: MLP 784-128-…-128-10, batch 128",
        "hidden layers of 128",
        (1, 2, 4, 8, 16),
        (1, 4, 16),
        lambda size: replace(MLP, model=mlp(*[128] * size, 10)),
    ),
}
EPOCH = "seconds per epoch"


def main() -> None:
    """The tables, each as soon as it has been measured; then the pictures."""
    arguments = parse_arguments()
    threads = set_threads(arguments.threads)
    set_peer_threads(threads)
    parts = chosen(arguments.only)
    folders = data_folders(arguments.data)
    how = Measuring(threads, arguments.repeats, arguments.quick)
    heading = machine(threads)
    print(heading)
    panels = []
    for panel in measured_panels(parts, folders, how, arguments):
        panels.append(panel)
        print(f"\n{plain(panel)}", flush=True)
    if arguments.write:
        picture = arguments.write.with_suffix(".svg")
        write_panels(picture, heading, panels)
        write_atomically(arguments.write.with_suffix(".md"), page(heading, panels, how.is_quick, picture.name).encode())


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help=f"some of {', '.join(PARTS)}, with commas between")
    parser.add_argument("--data", type=Path, help="the folder that holds mnist/")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="fewer sizes, and 100 steps stand for an epoch")
    parser.add_argument("--helpers", type=int, nargs="*", default=(), help="besides 1, 2 and as many as there are cores")
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the largest file")
    parser.add_argument("--folder", type=Path, help="where the files of rows are written, and taken away again")
    parser.add_argument("--write", type=Path, help="a picture (.svg) and a page (.md) of this name")
    return parser.parse_args()


def chosen(only: str) -> tuple[str, ...]:
    """The parts that are asked for; all of them if nothing is."""
    parts = tuple(only.split(",")) if only else PARTS
    for part in parts:
        if part not in PARTS:
            raise SystemExit(f"--only {part}: the parts are {', '.join(PARTS)}")
    return parts


def machine(threads: int) -> str:
    """What it is measured on."""
    flags = Path("/proc/cpuinfo")
    has_avx512 = flags.exists() and "avx512f" in flags.read_text()
    name = processor_name() + (" with AVX-512" if has_avx512 else "")
    versions = {optional.OPTIONAL[peer].title: optional.version_of(peer) for peer in ("torch", "jax")}
    peers = "".join(f", {title} {version}" for title, version in versions.items() if version)
    return f"{name}, {counted(threads, 'core')}; NumPy {np.__version__}{peers}"


def measured_panels(
    parts: Sequence[str], folders: Sequence[Path], how: Measuring, arguments: argparse.Namespace
) -> Iterator[Panel]:
    """One for each part."""
    pictures = load_pictures(folders)
    for part, (title, x_name, sizes, quick, sized) in SIZES.items():
        if part in parts:
            workloads = {size: sized(size) for size in (quick if how.is_quick else sizes)}
            yield by_size(title, x_name, workloads, pictures, how)
    if "rows" in parts:
        yield by_rows(pictures.dataset.train, arguments.rows, how.is_quick, arguments.folder)
    faster: dict[str, list[tuple[float, float]]] = {}
    if "helpers" in parts:
        counts = sorted({1, 2, os.cpu_count() or 1, *arguments.helpers})
        panel = by_helpers(pictures, counts, how)
        faster = {name: [(x, points[0][1] / y) for x, y in points] for name, points in panel.curves.items()}
        yield panel
    if "cores" in parts:
        yield estimated(pictures.dataset, faster)


def by_size(title: str, x_name: str, workloads: dict[int, Workload], pictures: Pictures, how: Measuring) -> Panel:
    """Seconds per epoch of nnlab and of its peers."""
    curves: dict[str, list[tuple[float, float]]] = {}
    for size, workload in workloads.items():
        for name, seconds in times_of(measured(workload, pictures, how)):
            curves.setdefault(name, []).append((size, seconds))
    return Panel(title, x_name, EPOCH, curves)


def times_of(outcome: Outcome) -> Iterator[tuple[str, float]]:
    """Of nnlab, and of whoever was timed beside it."""
    yield "nnlab", outcome.seconds
    for name, seconds in ((outcome.peer, outcome.peer_seconds), *((rival.peer, rival.seconds) for rival in outcome.others)):
        if seconds:
            yield name, seconds


def plain(panel: Panel) -> str:
    """For a terminal."""
    rows = panel.rows
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([panel.title, "", *lines, *([f"\n{panel.words}"] if panel.words else [])])


def page(heading: str, panels: Sequence[Panel], is_quick: bool, picture_name: str) -> str:
    """The picture, the tables, and how they came to be."""
    picture = f"![Times against sizes, and speed against cores]({picture_name})"
    how = f"{_HOW} {QUICK_STEPS} steps stand for an epoch." if is_quick else _HOW
    return "\n\n".join(
        ["# How training grows", picture, f"{heading}.", how, *map(_table, panels), "## The estimate", METHOD]
    )


def _table(panel: Panel) -> str:
    """A panel in numbers."""
    head, *rows = [f"| {' | '.join(row)} |" for row in panel.rows]
    table = "\n".join([head, "|" + "---|" * len(panel.rows[0]), *rows])
    return "\n\n".join(filter(None, (f"## {panel.title}", table, panel.words)))


_HOW = """`python benchmarks/growth.py --write docs/NAME` made this page and its picture. Times are medians of the quietest
rounds, in turns in one process, with as many threads for each (nnlab: threads or helpers, the faster of both); before
anything is timed the losses agree. Differences below a tenth mean little."""


if __name__ == "__main__":
    main()
