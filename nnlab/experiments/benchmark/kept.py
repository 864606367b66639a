"""Benchmarks in the store of runs: when one was made, on which machine, and what was found."""

import json
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import __version__, optional
from nnlab.experiments.benchmark.measuring import Measuring
from nnlab.experiments.benchmark.outcome import Outcome, outcome_from_table
from nnlab.experiments.benchmark.processor import processor_name
from nnlab.experiments.benchmark.products import sgemm_peak
from nnlab.experiments.computer import engine_versions
from nnlab.experiments.journal.store import RunStore

_INSERT = "INSERT INTO benchmarks (made, facts, outcomes) VALUES (?, ?, ?)"


@dataclass(frozen=True)
class KeptBenchmark:
    """One of the store. `made` is in seconds since 1970; `facts` are machine, versions, threads and how it was measured."""

    number: int
    made: float
    facts: dict[str, Any]
    outcomes: tuple[Outcome, ...]


def facts_of(how: Measuring, is_mnist: bool) -> dict[str, Any]:
    """What the times depend on besides the models."""
    return {
        "nnlab": __version__,
        "processor": processor_name(),
        "machine": platform.platform(),
        **engine_versions(),
        "numpy": np.__version__,
        "torch": optional.version_of("torch"),
        "jax": optional.version_of("jax"),
        "threads": how.threads,
        "repeats": how.repeats,
        "quick": how.is_quick,
        "pictures": "MNIST" if is_mnist else "by chance",
        "sgemm_peak": sgemm_peak(),
    }


def keep(store: RunStore, facts: dict[str, Any], outcomes: Sequence[Outcome]) -> int:
    """Write one, and return its number."""
    rows = json.dumps([outcome.to_table() for outcome in outcomes])
    with store.transaction() as connection:
        made = connection.execute(_INSERT, (time.time(), json.dumps(facts), rows))
    return int(made.lastrowid or 0)


def kept_benchmarks(store: RunStore) -> list[KeptBenchmark]:
    """All of them, the first one first; one whose row is damaged is left out."""
    return [found for row in store.rows("SELECT * FROM benchmarks ORDER BY number") if (found := _read(row))]


def _read(row: Any) -> KeptBenchmark | None:
    try:
        outcomes = tuple(outcome_from_table(table) for table in json.loads(row["outcomes"]))
        return KeptBenchmark(row["number"], row["made"], dict(json.loads(row["facts"])), outcomes)
    except (ValueError, TypeError, KeyError):
        return None
