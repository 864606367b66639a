"""The benchmark beside a window: its process shares no lock with the window's, and ends when it is cancelled."""

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.experiments.benchmark.kept import KeptBenchmark, keep, kept_benchmarks
from nnlab.experiments.benchmark.outcome import Outcome, outcome_from_table
from nnlab.experiments.child_process import lines_of, python_command
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.places import runs_folder
from nnlab.report import Report

_PROGRAM = "nnlab.experiments.benchmark.process"


class BenchmarkError(NnlabError):
    """The benchmark could not be made."""


def measured_beside(
    only: str,
    threads: int,
    repeats: int,
    is_quick: bool,
    folders: Sequence[Path],
    told: Callable[[Outcome], object],
    report: Report,
) -> int:
    """Measure in another process, which ends where `report` raises, and keep it; returns its number in the store."""
    command = python_command(_PROGRAM, only, str(threads), str(repeats), "quick" if is_quick else "full", *map(str, folders))
    outcomes: list[Outcome] = []
    last = ("starting", 0.0)
    with closing(lines_of(command, threads, lambda: report(*last))) as lines:
        for line in lines:
            message = json.loads(line)
            match message["kind"]:
                case "progress":
                    last = (message["what"], float("nan") if message["share"] is None else message["share"])
                case "outcome":
                    outcomes.append(outcome_from_table(message["outcome"]))
                    told(outcomes[-1])
                case "done":
                    return _kept(message["facts"], outcomes)
                case _:
                    raise BenchmarkError(message["sentence"])
    raise BenchmarkError("the benchmark ended before it had told all")


def all_kept() -> list[KeptBenchmark]:
    """Those of the store, the first one first."""
    store, _ = open_store(runs_folder())
    with closing(store):
        return kept_benchmarks(store)


def _kept(facts: dict[str, object], outcomes: Sequence[Outcome]) -> int:
    store, _ = open_store(runs_folder())
    with closing(store):
        return keep(store, facts, outcomes)
