"""Reading sweeps out of the store: for lists, tables and pictures of their trials, on the thread that opened it.

Whoever shows them while they run looks again where `Listing.is_behind` says that somebody has written.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from nnlab.errors import RunStoreError
from nnlab.experiments.journal.faults import in_a_sentence
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.sweeps.records import CUT_OFF, PAUSED, RUNNING, TRIAL_COLUMNS, SweepRecord, TrialRecord, trial_of
from nnlab.file_lock import is_held

_SWEEPS = "SELECT number, name, file, folders, started, state FROM sweeps"
_COUNTS = "SELECT sweep, state, count(*) AS count FROM trials GROUP BY sweep, state"
# Of several runs of one trial the last one counts: it was begun anew.
_RUN = "SELECT max(number) FROM runs WHERE runs.sweep = trials.sweep AND trial = trials.number AND NOT is_deleted"
_KEPT = "SELECT number FROM runs WHERE runs.number = trials.kept AND NOT is_deleted"
_OWN = ", ".join(name for name in TRIAL_COLUMNS if name != "run")
_TRIALS = f"SELECT {_OWN}, coalesce(({_RUN}), ({_KEPT})) AS run FROM trials WHERE sweep = ?"  # noqa: S608


def sweeps(store: RunStore) -> list[SweepRecord]:
    """Every sweep, the latest first."""
    return _records(store, f"{_SWEEPS} ORDER BY number DESC")


def sweep(store: RunStore, number: int) -> SweepRecord:
    """The sweep of this number."""
    found = _records(store, f"{_SWEEPS} WHERE number = ?", number)
    if not found:
        raise RunStoreError(f"there is no sweep {number:,} in {store.folder}")
    return found[0]


def trials(store: RunStore, number: int) -> list[TrialRecord]:
    """Those of a sweep that are known by now, in their order: of Optuna's, all up to the present generation."""
    with in_a_sentence(store.folder):
        return [trial_of(row) for row in store.rows(f"{_TRIALS} ORDER BY number", number)]


def trial(store: RunStore, sweep: int, number: int) -> TrialRecord:
    """One of them."""
    with in_a_sentence(store.folder):
        return trial_of(store.rows(f"{_TRIALS} AND number = ?", sweep, number)[0])


def lock_of(folder: Path, number: int) -> Path:
    """The file that whoever runs a sweep holds."""
    return folder / f"sweep-{number}.lock"


def _records(store: RunStore, question: str, *values: int) -> list[SweepRecord]:
    with in_a_sentence(store.folder):
        rows = store.rows(question, *values)
        counts: dict[int, dict[str, int]] = {}
        for row in store.rows(_COUNTS):
            counts.setdefault(row["sweep"], {})[row["state"]] = row["count"]
        return [
            SweepRecord(
                row["number"],
                row["name"],
                row["file"],
                _paths(json.loads(row["folders"])),
                row["started"],
                _state(store.folder, row["number"], row["state"]),
                counts.get(row["number"], {}),
            )
            for row in rows
        ]


def _paths(names: Iterable[str]) -> tuple[Path, ...]:
    return tuple(map(Path, names))


def _state(folder: Path, number: int, state: str) -> str:
    """As it was written, unless nobody is there any more to write it."""
    return CUT_OFF if state in (RUNNING, PAUSED) and not is_held(lock_of(folder, number)) else state
