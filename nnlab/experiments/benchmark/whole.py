"""All workloads, or some, one after the other."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nnlab.errors import SettingError
from nnlab.experiments.benchmark.contestants import set_peer_threads
from nnlab.experiments.benchmark.kept import facts_of
from nnlab.experiments.benchmark.measuring import Measuring, chosen_workloads, measured
from nnlab.experiments.benchmark.outcome import Outcome
from nnlab.experiments.benchmark.pictures import load_pictures
from nnlab.experiments.computer import set_threads
from nnlab.report import Report, silent

_MOST_REPEATS = 100


def benchmark(
    only: str,
    threads: int,
    repeats: int,
    is_quick: bool,
    folders: Sequence[Path],
    report: Report = silent,
    told: Callable[[Outcome], object] = bool,
) -> tuple[dict[str, Any], list[Outcome]]:
    """What they were measured on, and what was found; `told` hears of each as soon as it is known."""
    if not 1 <= repeats <= _MOST_REPEATS:
        raise SettingError(f"repeats: {repeats} is out of range; it must be 1 ... {_MOST_REPEATS}")
    workloads = chosen_workloads(only)
    how = Measuring(set_threads(threads), repeats, is_quick)
    set_peer_threads(how.threads)
    report("loading the pictures", float("nan"))
    pictures = load_pictures(folders)
    facts = facts_of(how, pictures.is_mnist)
    outcomes = []
    for place, workload in enumerate(workloads):
        outcomes.append(measured(workload, pictures, how, _at(report, place / len(workloads))))
        told(outcomes[-1])
    return facts, outcomes


def _at(report: Report, share: float) -> Report:
    """Of a part that begins where so much of all is done."""
    return lambda what, _: report(what, share)
