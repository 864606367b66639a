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
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.atomic_file import put_in_place, remove_unfinished
from nnlab.errors import RunStoreError
from nnlab.experiments.journal.curve_parts import CurvePart
from nnlab.experiments.journal.faults import DamagedStoreError, in_a_sentence
from nnlab.experiments.journal.records import COLUMNS, RunRecord, Snapshot, record_of
from nnlab.experiments.journal.schema import bring_up_to_date
from nnlab.experiments.journal.setting_aside import alone, identity_of, lost_tables, set_aside
from nnlab.experiments.journal.written import Written
from nnlab.file_lock import FileLock, is_held, take_lock

# What they are until a person sets others.
LIMITS = {"run": 256 << 20, "store": 4 << 30}
_FILE = "runs.sqlite"
_LOCK = "lock"
_ENDING = ".safetensors"
_PATIENCE = 10.0
# The names of columns are this room's own, nowhere a person's.
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM runs"  # noqa: S608


class RunStore:
    """One connection to the store, for the thread that opened it. Every method raises RunStoreError where the disk is full,
    the file damaged or may not be written.
    """

    def __init__(self, folder: Path, is_suspect: bool = False) -> None:
        self.folder = folder
        with in_a_sentence(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(folder / _FILE, timeout=_PATIENCE, isolation_level=None)
            try:
                self._open(is_suspect)
            except BaseException:
                self._connection.close()
                raise
            self._identity = identity_of(folder / _FILE)

    def _open(self, is_suspect: bool) -> None:
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        bring_up_to_date(self._connection, self.folder / _FILE)
        # The curves are most of it, and are looked at only where something was wrong.
        for what in ("",) if is_suspect else ("('runs')", "('snapshots')"):
            (found,) = self._connection.execute(f"PRAGMA quick_check{what}").fetchone()
            if found != "ok":
                raise sqlite3.DatabaseError(f"malformed: {found}")

    @property
    def is_in_place(self) -> bool:
        """Whether its file still lies where it was opened: not deleted with its folder, nor moved aside as damaged."""
        return self._identity is not None and identity_of(self.folder / _FILE) == self._identity

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
        """A new run; returns its number. Its folder is made by who holds it."""
        with self.transaction():
            names = ", ".join(columns)
            marks = ", ".join("?" * len(columns))
            insert = f"INSERT INTO runs ({names}) VALUES ({marks})"  # noqa: S608
            cursor = self._connection.execute(insert, list(columns.values()))
            number = cursor.lastrowid
        assert number is not None
        return number

    def hold(self, number: int) -> FileLock | None:
        """Be the one who goes on with a run; None where somebody else is. It ends with the process, however that ends."""
        with in_a_sentence(self.folder):
            self.folder_of(number).mkdir(exist_ok=True)
            lock = take_lock(self.folder_of(number) / _LOCK)
        if lock is not None:
            self._sweep(number)
        return lock

    def is_held(self, number: int) -> bool:
        """Whether a window or a command goes on with this run at present."""
        with in_a_sentence(self.folder):
            return is_held(self.folder_of(number) / _LOCK)

    def write(self, number: int, written: Written) -> None:
        """All of it or nothing."""
        snapshot = written.snapshot
        path = self.snapshot_path(number, snapshot.step) if snapshot is not None else None
        was_there = path is not None and path.exists()
        try:
            if path is not None:
                with in_a_sentence(self.folder):
                    put_in_place(path, written.content)
            with self.transaction():
                lost = self._write(number, written)
        except RunStoreError:
            # No row leads to it, and the disk may be full.
            if snapshot is not None and not was_there:
                self._unlink(number, [snapshot.step])
            raise
        self._unlink(number, lost)

    def _write(self, number: int, written: Written) -> list[int]:
        """The steps whose snapshots are of no use any more."""
        if not self._update(number, written.columns):
            raise RunStoreError(f"run {number:,} was deleted; what it learns from here on is not kept")
        snapshot, back = written.snapshot, written.gone_back_to
        lost = [] if back is None else self._forget_after(number, back)
        own = [] if snapshot is None else [(number, snapshot.step, snapshot.bytes, snapshot.is_pinned)]
        rows = [*((number, step, 0, True) for step in written.unknown), *own]
        # What leads nowhere from before it does so however often it is written again.
        self._connection.executemany(
            "INSERT INTO snapshots (run, step, bytes, is_pinned) VALUES (?, ?, ?, ?) ON CONFLICT (run, step) "
            "DO UPDATE SET bytes = excluded.bytes, is_pinned = max(is_pinned, excluded.is_pinned)",
            rows,
        )
        for part in written.curves:
            self._write_curve(number, part)
        return [step for step in lost if snapshot is None or step != snapshot.step]

    def update(self, number: int, **columns: Any) -> None:
        """Other values of a run's row: its name, notes, tags (JSON), star."""
        if columns:
            with self.transaction():
                self._update(number, columns)

    def drop_snapshots(self, number: int, steps: Sequence[int]) -> None:
        """What they held is then computed again from earlier ones; of pinned ones it stays known that none leads there."""
        if not steps:
            return
        places = [(number, step) for step in steps]
        with self.transaction():
            self._connection.executemany("DELETE FROM snapshots WHERE run = ? AND step = ? AND NOT is_pinned", places)
            self._connection.executemany("UPDATE snapshots SET bytes = 0 WHERE run = ? AND step = ?", places)
        self._unlink(number, steps)

    def runs(self) -> list[RunRecord]:
        """Every run that was not deleted, the latest first."""
        with in_a_sentence(self.folder):
            return [record_of(row) for row in self.rows(f"{_SELECT} WHERE NOT is_deleted ORDER BY number DESC")]

    def run(self, number: int) -> RunRecord:
        """The run of this number."""
        if (found := self.find(number)) is None:
            raise RunStoreError(f"there is no run {number:,} in {self.folder}; `nnlab runs list` shows those there are")
        return found

    def find(self, number: int) -> RunRecord | None:
        """The same; None where there is none."""
        with in_a_sentence(self.folder):
            rows = self.rows(f"{_SELECT} WHERE number = ? AND NOT is_deleted", number)
        return record_of(rows[0]) if rows else None

    def rows(self, question: str, *values: Any) -> list[sqlite3.Row]:
        """What the tables answer, for whoever only reads."""
        try:
            return self._connection.execute(question, values).fetchall()
        except sqlite3.OperationalError as error:
            if "decode" not in str(error):
                raise
            # Bytes that are no text any more cost the text that they are in, and not the whole list.
            self._connection.text_factory = lambda text: text.decode(errors="replace")
            return self._connection.execute(question, values).fetchall()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """What is written within is written together or not at all."""
        with in_a_sentence(self.folder):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # Where the disk is full SQLite may have done so by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def snapshots(self, number: int) -> list[Snapshot]:
        """Of a run, from the first step on."""
        with in_a_sentence(self.folder):
            rows = self._connection.execute(
                "SELECT step, bytes, is_pinned FROM snapshots WHERE run = ? ORDER BY step", (number,)
            ).fetchall()
        return [Snapshot(row["step"], row["bytes"], bool(row["is_pinned"])) for row in rows]

    def curves(self, number: int) -> list[CurvePart]:
        """The rows of a run's history, in order."""
        with in_a_sentence(self.folder):
            rows = self._connection.execute(
                "SELECT name, first, stride, rows FROM curves WHERE run = ? ORDER BY name, first", (number,)
            ).fetchall()
        try:
            return [
                CurvePart(row["name"], row["first"], row["stride"], np.frombuffer(zlib.decompress(row["rows"])))
                for row in rows
            ]
        except (zlib.error, ValueError, TypeError) as error:
            raise RunStoreError(
                f"the curves of run {number:,} are damaged ({error}); its snapshots may still be good"
            ) from None

    def sizes(self) -> dict[int, int]:
        """How many bytes the snapshots of every run take."""
        with in_a_sentence(self.folder):
            rows = self._connection.execute("SELECT run, sum(bytes) AS bytes FROM snapshots GROUP BY run").fetchall()
        return {row["run"]: row["bytes"] for row in rows}

    def limits(self) -> dict[str, int]:
        """How many bytes snapshots may take: of one run ("run"), and of all together ("store")."""
        with in_a_sentence(self.folder):
            rows = self._connection.execute("SELECT name, bytes FROM limits").fetchall()
        return LIMITS | {row["name"]: row["bytes"] for row in rows if row["name"] in LIMITS}

    def set_limit(self, name: str, limit: int) -> None:
        """One of them, from now on, for every window and command."""
        with self.transaction():
            self._connection.execute("INSERT OR REPLACE INTO limits (name, bytes) VALUES (?, ?)", (name, limit))

    def check_free(self, number: int) -> None:
        """Raise RunStoreError where there is no such run, or a window or a command trains it at present."""
        self.run(number)
        if self.is_held(number):
            raise RunStoreError(
                f"run {number:,} is being trained by another window or command; wait for it, or end that first"
            )

    def set_deleted(self, numbers: Iterable[int], is_deleted: int = True) -> None:
        """They are not shown any more, or again; nothing of them is gone until they are erased (deleting.py)."""
        with self.transaction():
            self._connection.executemany(
                "UPDATE runs SET is_deleted = ? WHERE number = ?", [(int(is_deleted), number) for number in numbers]
            )

    def erase(self, number: int) -> None:
        """A run that was deleted goes for good; not one that is being trained at present."""
        lock = self.hold(number)
        if lock is None:
            return
        try:
            with self.transaction():
                erased = self._connection.execute("DELETE FROM runs WHERE number = ? AND is_deleted", (number,)).rowcount
            # Somebody may have brought it back just before. Windows removes no file that is open: what is left is an orphan.
            if erased:
                shutil.rmtree(self.folder_of(number), ignore_errors=True)
        finally:
            lock.release()

    def _sweep(self, number: int) -> None:
        """Remove the files of a run that no row leads to: a process that was killed between the two left them."""
        known = {snapshot.step for snapshot in self.snapshots(number)}
        with contextlib.suppress(OSError):
            found = [int(place.stem) for place in self.folder_of(number).glob(f"*{_ENDING}") if place.stem.isdigit()]
            self._unlink(number, (step for step in found if step not in known))
        remove_unfinished(self.folder_of(number), 0.0)

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

    def _update(self, number: int, columns: dict[str, Any]) -> bool:
        """Whether there is such a run."""
        assignments = ", ".join(f"{name} = ?" for name in columns)
        update = f"UPDATE runs SET {assignments} WHERE number = ?"  # noqa: S608
        return self._connection.execute(update, [*columns.values(), number]).rowcount > 0

    def _unlink(self, number: int, steps: Iterable[int]) -> None:
        for step in steps:
            with contextlib.suppress(OSError):
                self.snapshot_path(number, step).unlink()


def open_store(folder: Path, is_suspect: bool = False) -> tuple[RunStore, str]:
    """The store in a folder, and a sentence for the person where it is a new one in place of one that is damaged.

    The damaged one is moved aside, and nothing of it is deleted. A suspect one is looked at whole.
    """
    with in_a_sentence(folder):
        if not lost_tables(folder, _FILE):
            with contextlib.suppress(DamagedStoreError):
                return RunStore(folder, is_suspect), ""
    with in_a_sentence(folder), alone(folder):
        reason = lost_tables(folder, _FILE)
        if not reason:
            try:
                return RunStore(folder, is_suspect), ""
            except DamagedStoreError as error:
                reason = error.reason
        aside = set_aside(folder, _FILE)
        notice = f"The store of runs was damaged ({reason}). All of it lies in {aside}, and a new one was begun."
        return RunStore(folder), notice
