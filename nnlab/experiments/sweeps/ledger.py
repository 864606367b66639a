"""Writing sweeps into the store: what there is to try, and how each trial ended."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nnlab.errors import RunStoreError
from nnlab.experiments.journal.faults import in_a_sentence
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.sweeps.reading import lock_of
from nnlab.experiments.sweeps.records import DONE, RUNNING, WAITING
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.experiments.sweeps.sweep_file import format_sweep
from nnlab.file_lock import FileLock, take_lock

_FINISHED = """
    SELECT runs.number FROM runs
    JOIN trials ON trials.sweep = runs.sweep AND trials.number = runs.trial
    JOIN sweeps ON sweeps.number = runs.sweep
    WHERE runs.experiment = ? AND runs.events = '[]' AND runs.ending != '' AND NOT runs.is_deleted
    AND trials.state = 'done' AND sweeps.file != ? ORDER BY runs.number DESC LIMIT 1
"""


def begin_sweep(store: RunStore, sweep: Sweep, folders: Sequence[Path]) -> int:
    """A new row; returns its number."""
    places = json.dumps([str(Path.cwd()), *(str(folder.absolute()) for folder in folders)])
    row = (_text(sweep.name), text_of(sweep), places, time.time(), RUNNING)
    with store.transaction() as connection:
        insert = "INSERT INTO sweeps (name, file, folders, started, state) VALUES (?, ?, ?, ?, ?)"
        number = connection.execute(insert, row).lastrowid
    assert number is not None
    return number


def unfinished(store: RunStore, sweep: Sweep) -> int | None:
    """The last sweep of the very same content, where it has not been worked off."""
    number, state = _last_same(store, sweep)
    return number if state != DONE else None


def finished(store: RunStore, sweep: Sweep) -> int | None:
    """The same, where it has been."""
    number, state = _last_same(store, sweep)
    return number if state == DONE else None


def _last_same(store: RunStore, sweep: Sweep) -> tuple[int | None, str]:
    with in_a_sentence(store.folder):
        rows = store.rows("SELECT number, state FROM sweeps WHERE file = ? ORDER BY number DESC LIMIT 1", text_of(sweep))
    return (rows[0]["number"], rows[0]["state"]) if rows else (None, "")


def finished_run(store: RunStore, sweep: Sweep, experiment: str) -> int | None:
    """The last run by which another sweep has done this experiment (TOML) already, and which nobody changed by hand.

    The very same sweep is none: who asks for it once more wants it trained once more.
    """
    with in_a_sentence(store.folder):
        rows = store.rows(_FINISHED, _text(experiment), text_of(sweep))
    return rows[0]["number"] if rows else None


def hold_sweep(store: RunStore, number: int) -> FileLock | None:
    """Be the one who runs it; None where somebody else is. It ends with the process, however that ends."""
    with in_a_sentence(store.folder):
        return take_lock(lock_of(store.folder, number))


def delete_sweep(store: RunStore, number: int) -> None:
    """It goes with its table of trials; their runs stay, as runs of a sweep of this number, which is never given again."""
    if (lock := hold_sweep(store, number)) is None:
        raise RunStoreError(f"sweep {number:,} is just trained by a window or a command; stop it, or wait for it, first")
    try:
        with store.transaction() as connection:
            connection.execute("DELETE FROM sweeps WHERE number = ?", (number,))
    finally:
        lock.release()


def set_state(store: RunStore, number: int, state: str) -> None:
    """Of a sweep."""
    with store.transaction() as connection:
        connection.execute("UPDATE sweeps SET state = ? WHERE number = ?", (state, number))


def add_trials(store: RunStore, number: int, first: int, choices: Sequence[Mapping[str, Any]]) -> None:
    """Trials that are to be trained, numbered from the first on."""
    rows = [(number, place, _text(json.dumps(chosen)), WAITING) for place, chosen in enumerate(choices, first)]
    with store.transaction() as connection:
        connection.executemany("INSERT INTO trials (sweep, number, choices, state) VALUES (?, ?, ?, ?)", rows)


def change_trial(store: RunStore, sweep: int, number: int, **columns: Any) -> None:
    """Other values in its row."""
    values = {name: json.dumps(value) if isinstance(value, Mapping) else value for name, value in columns.items()}
    assignments = ", ".join(f"{name} = ?" for name in values)
    update = f"UPDATE trials SET {assignments} WHERE sweep = ? AND number = ?"  # noqa: S608
    with store.transaction() as connection:
        connection.execute(update, [*values.values(), sweep, number])


def text_of(sweep: Sweep) -> str:
    """By which a sweep is known again: where anything that decides its trials is another, so is this."""
    return _text(format_sweep(sweep))


def _text(text: str) -> str:
    return text.encode(errors="replace").decode()
