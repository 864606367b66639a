"""`nnlab bench`: how fast the engine is here, beside PyTorch, JAX and scikit-learn."""

import argparse
from typing import Any

from nnlab.commands.answer import Report, answer
from nnlab.commands.options import common_options
from nnlab.terminal import whole

_WIDEST = 50
# Packages whose versions are told, by the names of the facts.
_VERSIONS = {"torch": "PyTorch", "jax": "JAX"}
# Of a core that other programs took away meanwhile: from here on times say little.
_BUSY = 0.2


def describe(parser: argparse.ArgumentParser) -> None:
    """Time the engine beside PyTorch, JAX and scikit-learn on this machine, in turns; below 1 means that nnlab is faster."""
    parser.add_argument("--only", default="", metavar="NAMES", help="beginnings of workloads' names, with commas between")
    parser.add_argument("--repeats", type=whole(1), default=5, help="quiet rounds whose median counts (default: 5)")
    parser.add_argument("--full", action="store_true", help="whole epochs; else 100 steps stand for one")
    parser.add_argument("--list", action="store_true", dest="lists", help="those that were kept, and measure nothing")
    common_options(parser)


def run(chosen: argparse.Namespace) -> int:
    """Measure each, tell it as soon as it is known, and keep it all."""
    from nnlab.commands.journal import opened_store
    from nnlab.experiments.benchmark.kept import keep, kept_benchmarks
    from nnlab.experiments.benchmark.whole import benchmark
    from nnlab.experiments.places import data_folders
    from nnlab.progress import work_progress

    if chosen.lists:
        with opened_store() as store:
            found = [
                {"number": one.number, "made": one.made, **_report(one.facts, one.outcomes)}
                for one in kept_benchmarks(store)
            ]
        answer({"benchmarks": found}, chosen.json, _lines_of_all)
        return 0
    with work_progress() as report:
        facts, outcomes = benchmark(
            chosen.only, chosen.threads, chosen.repeats, not chosen.full, data_folders(chosen.data), report
        )
    with opened_store() as store:
        number = keep(store, facts, outcomes)
    answer({"number": number, **_report(facts, outcomes)}, chosen.json, _lines)
    return 0


def _report(facts: dict[str, Any], outcomes: Any) -> Report:
    return {**facts, "workloads": [outcome.to_table() for outcome in outcomes]}


def _lines_of_all(report: Report) -> str:
    return "\n\n".join(map(_lines, report["benchmarks"])) or "no benchmark has been made yet"


def _lines(report: Report) -> str:
    """A table, and what it was measured on."""
    peers = "".join(f", {title} {report[name]}" for name, title in _VERSIONS.items() if report.get(name))
    versions = f"nnlab {report['nnlab']}, NumPy {report['numpy']}{peers}, {report['threads']} threads"
    lines = [
        f"benchmark {report['number']}: {versions}, {report['processor']}",
        f"{'seconds per epoch':{_WIDEST}} {'nnlab':>8} {'peer':>8} {'ratio':>6} {'JAX':>8} {'ratio':>6}  GFLOP/s",
    ]
    lines += [_line(row) for row in report["workloads"]]
    whys = [told["why"] for row in report["workloads"] for told in (row, *row["others"]) if told["why"]]
    return "\n".join([*lines, *dict.fromkeys(whys)])


def _line(row: dict[str, Any]) -> str:
    theirs = _times(row["peer_seconds"], row["ratio"])
    # Whoever is no peer of this workload has no time and no reason.
    others = "".join(f" {_times(rival['seconds'], rival['ratio'])}" for rival in row["others"]) or " " * 16
    helpers = f"  ({row['helpers']} helpers)" if row["helpers"] > 1 else ""
    busy = "  (others were busy)" if row["disturbance"] > _BUSY else ""
    return (
        f"{row['title']:{_WIDEST}} {row['seconds']:8.3f} {theirs}{others}  {row['rate']:7.0f}  {row['peer']}{helpers}{busy}"
    )


def _times(seconds: float | None, ratio: float | None) -> str:
    return f"{seconds:8.3f} {ratio:6.2f}" if seconds and ratio else f"{'none':>8} {'':6}"
