"""The run store: every run of every window and command on this machine, in one SQLite file and a folder of snapshots each.

    nnlab's home/runs/runs.sqlite        the tables (schema.py)
    nnlab's home/runs/<number>/<step>.safetensors, lock

The file is in WAL mode: readers never wait for a writer, and writers, one after the other, for at most `_PATIENCE` seconds.
`synchronous` is NORMAL: a crash of the program loses nothing, a power cut at most the last transactions, and neither damages
the file; FULL would flush the disk for every half second of training and save no more than that half second. A snapshot is
flushed and in its place before its row is written, so that no row leads nowhere.
"""

import contextlib
import shutil
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.atomic_file import write_atomically
from nnlab.errors import RunStoreError, SaveError
from nnlab.experiments.journal.curve_parts import CurvePart
from nnlab.experiments.journal.records import COLUMNS, RunRecord, Snapshot, record_of
from nnlab.experiments.journal.schema import bring_up_to_date
from nnlab.experiments.places import free_path
from nnlab.file_lock import FileLock, is_held, take_lock

# What they are until a person sets others.
LIMITS = {"run": 256 << 20, "store": 4 << 30}
_FILE = "runs.sqlite"
_LOCK = "lock"
_ENDING = ".safetensors"
_PATIENCE = 10.0
# What SQLite says where a file is none of its own, or not whole any more.
_DAMAGED = ("not a database", "malformed", "corrupt")
# The names of columns are this room's own, nowhere a person's.
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM runs"  # noqa: S608


@dataclass(frozen=True)
class Written:
    """What is new about a run since it was written last.

    columns: of its row    snapshot, content: its whole state and that file    curves: parts of its tables
    gone_back_to: the step that the run went back to, beyond which nothing is true any more; None where it only went on
    """

    columns: dict[str, Any]
    snapshot: Snapshot
    content: bytes
    curves: Sequence[CurvePart] = ()
    gone_back_to: int | None = None


class RunStore:
    """One connection to the store, for the thread that opened it. Every method raises RunStoreError where the disk is full,
    the file damaged or may not be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with _in_a_sentence(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(folder / _FILE, timeout=_PATIENCE, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            bring_up_to_date(self._connection, folder / _FILE)
            for table in ("runs", "snapshots"):
                (found,) = self._connection.execute(f"PRAGMA quick_check('{table}')").fetchone()
                if found != "ok":
                    raise sqlite3.DatabaseError(f"malformed: {found}")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def folder_of(self, number: int) -> Path:
        """Where a run's snapshots lie."""
        return self.folder / str(number)

    def snapshot_path(self, number: int, step: int) -> Path:
        """The file of a run's snapshot."""
        return self.folder_of(number) / f"{step}{_ENDING}"

    def begin(self, columns: dict[str, Any]) -> int:
        """A new run; returns its number."""
        with self._transaction():
            names = ", ".join(columns)
            marks = ", ".join("?" * len(columns))
            insert = f"INSERT INTO runs ({names}) VALUES ({marks})"  # noqa: S608
            cursor = self._connection.execute(insert, list(columns.values()))
            number = cursor.lastrowid
        assert number is not None
        with _in_a_sentence(self.folder):
            self.folder_of(number).mkdir(exist_ok=True)
        return number

    def hold(self, number: int) -> FileLock | None:
        """Be the one who goes on with a run; None where somebody else is. It ends with the process, however that ends."""
        with _in_a_sentence(self.folder):
            self.folder_of(number).mkdir(exist_ok=True)
            lock = take_lock(self.folder_of(number) / _LOCK)
        if lock is not None:
            self._sweep(number)
        return lock

    def is_held(self, number: int) -> bool:
        """Whether a window or a command goes on with this run at present."""
        with _in_a_sentence(self.folder):
            return is_held(self.folder_of(number) / _LOCK)

    def write(self, number: int, written: Written) -> None:
        """All of it or nothing."""
        snapshot = written.snapshot
        try:
            write_atomically(self.snapshot_path(number, snapshot.step), written.content)
        except SaveError as error:
            raise RunStoreError(str(error)) from None
        lost: list[int] = []
        with self._transaction():
            if written.gone_back_to is not None:
                lost = self._forget_after(number, written.gone_back_to)
            self._connection.execute(
                "INSERT OR REPLACE INTO snapshots (run, step, bytes, is_pinned) VALUES (?, ?, ?, ?)",
                (number, snapshot.step, snapshot.bytes, snapshot.is_pinned),
            )
            for part in written.curves:
                self._write_curve(number, part)
            self._update(number, written.columns)
        self._unlink(number, lost)

    def update(self, number: int, **columns: Any) -> None:
        """Other values of a run's row: its name, notes, tags (JSON), star."""
        with self._transaction():
            self._update(number, columns)

    def drop_snapshots(self, number: int, steps: Sequence[int]) -> None:
        """What they held is then computed again from earlier ones."""
        if not steps:
            return
        with self._transaction():
            self._connection.executemany(
                "DELETE FROM snapshots WHERE run = ? AND step = ?", [(number, step) for step in steps]
            )
        self._unlink(number, steps)

    def runs(self) -> list[RunRecord]:
        """Every run that was not deleted, the latest first."""
        with _in_a_sentence(self.folder):
            rows = self._connection.execute(f"{_SELECT} WHERE NOT is_deleted ORDER BY number DESC").fetchall()
            return [record_of(row) for row in rows]

    def run(self, number: int) -> RunRecord:
        """The run of this number."""
        with _in_a_sentence(self.folder):
            row = self._connection.execute(f"{_SELECT} WHERE number = ? AND NOT is_deleted", (number,)).fetchone()
        if row is None:
            raise RunStoreError(f"there is no run {number:,} in {self.folder}; `nnlab runs list` shows those there are")
        return record_of(row)

    def snapshots(self, number: int) -> list[Snapshot]:
        """Of a run, from the first step on."""
        with _in_a_sentence(self.folder):
            rows = self._connection.execute(
                "SELECT step, bytes, is_pinned FROM snapshots WHERE run = ? ORDER BY step", (number,)
            ).fetchall()
        return [Snapshot(row["step"], row["bytes"], bool(row["is_pinned"])) for row in rows]

    def curves(self, number: int) -> list[CurvePart]:
        """The rows of a run's history, in order."""
        with _in_a_sentence(self.folder):
            rows = self._connection.execute(
                "SELECT name, first, stride, rows FROM curves WHERE run = ? ORDER BY name, first", (number,)
            ).fetchall()
            return [
                CurvePart(row["name"], row["first"], row["stride"], np.frombuffer(zlib.decompress(row["rows"])))
                for row in rows
            ]

    def sizes(self) -> dict[int, int]:
        """How many bytes the snapshots of every run take."""
        with _in_a_sentence(self.folder):
            rows = self._connection.execute("SELECT run, sum(bytes) AS bytes FROM snapshots GROUP BY run").fetchall()
        return {row["run"]: row["bytes"] for row in rows}

    def limits(self) -> dict[str, int]:
        """How many bytes snapshots may take: of one run ("run"), and of all together ("store")."""
        with _in_a_sentence(self.folder):
            rows = self._connection.execute("SELECT name, bytes FROM limits").fetchall()
        return LIMITS | {row["name"]: row["bytes"] for row in rows if row["name"] in LIMITS}

    def set_limit(self, name: str, limit: int) -> None:
        """One of them, from now on, for every window and command."""
        with self._transaction():
            self._connection.execute("INSERT OR REPLACE INTO limits (name, bytes) VALUES (?, ?)", (name, limit))

    def check_free(self, number: int) -> None:
        """Raise RunStoreError where there is no such run, or a window or a command trains it at present."""
        self.run(number)
        if self.is_held(number):
            raise RunStoreError(
                f"run {number:,} is being trained by another window or command; wait for it, or end that first"
            )

    def set_deleted(self, numbers: Iterable[int], is_deleted: bool = True) -> None:
        """They are not shown any more, or again; nothing of them is gone until `purge`."""
        with self._transaction():
            self._connection.executemany(
                "UPDATE runs SET is_deleted = ? WHERE number = ?", [(is_deleted, number) for number in numbers]
            )

    def purge(self) -> None:
        """What was deleted goes for good, and what lies in the folder and belongs to no run."""
        with self._transaction():
            self._connection.execute("DELETE FROM runs WHERE is_deleted")
            kept = {row["number"] for row in self._connection.execute("SELECT number FROM runs")}
            # A folder of a later number is of a run that begins just now.
            row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'runs'").fetchone()
        with contextlib.suppress(OSError):
            found = [int(place.name) for place in self.folder.iterdir() if place.name.isdecimal()]
            for number in found:
                if row is not None and number <= row["seq"] and number not in kept and not self.is_held(number):
                    shutil.rmtree(self.folder_of(number), ignore_errors=True)

    def _sweep(self, number: int) -> None:
        """Remove the files of a run that no row leads to: a process that was killed between the two left them."""
        known = {snapshot.step for snapshot in self.snapshots(number)}
        with contextlib.suppress(OSError):
            found = [int(place.stem) for place in self.folder_of(number).glob(f"*{_ENDING}") if place.stem.isdigit()]
            self._unlink(number, (step for step in found if step not in known))

    def _write_curve(self, number: int, part: CurvePart) -> None:
        """Rows from `first` on take the place of those that were there."""
        self._connection.execute(
            "DELETE FROM curves WHERE run = ? AND name = ? AND first >= ?", (number, part.name, part.first)
        )
        if part.rows.size:
            content = zlib.compress(np.ascontiguousarray(part.rows, np.float64).tobytes(), 1)
            self._connection.execute(
                "INSERT INTO curves (run, name, first, stride, rows) VALUES (?, ?, ?, ?, ?)",
                (number, part.name, part.first, part.stride, content),
            )

    def _forget_after(self, number: int, step: int) -> list[int]:
        lost = [
            row["step"]
            for row in self._connection.execute("SELECT step FROM snapshots WHERE run = ? AND step > ?", (number, step))
        ]
        self._connection.execute("DELETE FROM snapshots WHERE run = ? AND step > ?", (number, step))
        return lost

    def _update(self, number: int, columns: dict[str, Any]) -> None:
        if columns:
            assignments = ", ".join(f"{name} = ?" for name in columns)
            update = f"UPDATE runs SET {assignments} WHERE number = ?"  # noqa: S608
            self._connection.execute(update, [*columns.values(), number])

    def _unlink(self, number: int, steps: Iterable[int]) -> None:
        for step in steps:
            with contextlib.suppress(OSError):
                self.snapshot_path(number, step).unlink()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with _in_a_sentence(self.folder):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def open_store(folder: Path) -> tuple[RunStore, str]:
    """The store in a folder, and a sentence for the person where it is a new one in place of one that is damaged.

    The damaged one is moved aside, and nothing of it is deleted.
    """
    try:
        return RunStore(folder), ""
    except DamagedStoreError as error:
        aside = free_path(folder, "runs-damaged", ".sqlite")
        with _in_a_sentence(folder):
            (folder / _FILE).rename(aside)
            for ending in ("-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    (folder / f"{_FILE}{ending}").rename(f"{aside}{ending}")
        notice = f"The store of runs was damaged ({error.reason}). It lies in {aside}, and a new one was begun."
        return RunStore(folder), notice


class DamagedStoreError(RunStoreError):
    """What lies in its place is no store, or not whole any more."""

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@contextlib.contextmanager
def _in_a_sentence(folder: Path) -> Iterator[None]:
    """What goes wrong in files and tables becomes one sentence."""
    try:
        yield
    except (OSError, sqlite3.Error, zlib.error, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        if isinstance(error, sqlite3.DatabaseError) and any(word in reason for word in _DAMAGED):
            raise DamagedStoreError(f"{folder / _FILE}: the store of runs is damaged ({reason})", reason) from None
        raise RunStoreError(f"{folder}: runs are not kept there ({reason}); free space, or move it by NNLAB_HOME") from None
