"""The tables of the run store, and how those of earlier versions become them."""

import sqlite3
from pathlib import Path

from nnlab.errors import RunStoreError

_RUNS = """
    -- A number is never given twice, so that a run that was deleted is not taken for another.
    CREATE TABLE runs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        experiment TEXT NOT NULL,           -- TOML, as it was before the first step
        present TEXT NOT NULL,              -- TOML, as it was after the last step written
        settings TEXT NOT NULL,             -- JSON, the present experiment as a flat table of dotted names
        data TEXT NOT NULL,                 -- the checksum of the data
        facts TEXT NOT NULL,                -- JSON, machine, versions, threads, parameters, title of the data
        started REAL NOT NULL,              -- seconds since 1970, by the machine's clock
        seconds REAL NOT NULL DEFAULT 0,    -- of training
        step INTEGER NOT NULL DEFAULT 0,    -- the last one written
        epoch REAL NOT NULL DEFAULT 0,
        ending TEXT NOT NULL DEFAULT '',    -- why it ended, empty while it can go on
        figures TEXT NOT NULL DEFAULT '{}', -- JSON, the last and the best ones
        curve BLOB NOT NULL DEFAULT x'',    -- float32, a few losses from the first step to the last
        events TEXT NOT NULL DEFAULT '[]',  -- JSON, what was done by hand
        parent INTEGER REFERENCES runs (number) ON DELETE SET NULL,
        parent_step INTEGER,
        notes TEXT NOT NULL DEFAULT '',
        tags TEXT NOT NULL DEFAULT '[]',    -- JSON
        star INTEGER NOT NULL DEFAULT 0,
        is_deleted INTEGER NOT NULL DEFAULT 0
    )
"""
_SNAPSHOTS = """
    -- A snapshot is a model file without curves, in the folder of its run.
    CREATE TABLE snapshots (
        run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        is_pinned INTEGER NOT NULL,         -- no replay leads here from before it
        PRIMARY KEY (run, step)
    ) WITHOUT ROWID
"""
_CURVES = """
    -- Rows of a history's table, in parts that are only ever added, or all made anew.
    CREATE TABLE curves (
        run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
        name TEXT NOT NULL,                 -- steps, epochs
        first INTEGER NOT NULL,             -- the place of the part's first row
        stride INTEGER NOT NULL,            -- how many numbers a row stands for
        rows BLOB NOT NULL,                 -- float64, deflated
        PRIMARY KEY (run, name, first)
    ) WITHOUT ROWID
"""
_LIMITS = """
    -- How many bytes the snapshots may take, of one run and of all together.
    CREATE TABLE limits (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID
"""
_SWEEPS = """
    -- A sweep trains one experiment many times, each time with other settings.
    CREATE TABLE sweeps (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        file TEXT NOT NULL,                 -- TOML, all of it: with the experiment that is varied
        folders TEXT NOT NULL,              -- JSON, where relative paths lead on from, and where data was looked for
        started REAL NOT NULL,              -- seconds since 1970, by the machine's clock
        state TEXT NOT NULL                 -- running, paused, stopped, done
    )
"""
_TRIALS = """
    CREATE TABLE trials (
        sweep INTEGER NOT NULL REFERENCES sweeps (number) ON DELETE CASCADE,
        number INTEGER NOT NULL,            -- within the sweep, from 1 on
        choices TEXT NOT NULL,              -- JSON, what the settings that are varied were, by dotted names
        state TEXT NOT NULL,                -- waiting, running, done, failed, diverged, cancelled
        reason TEXT NOT NULL DEFAULT '',    -- of one that is not done, or was done again
        objective REAL,                     -- the figure that the sweep goes by
        figures TEXT NOT NULL DEFAULT '{}', -- JSON, of the model as it stood at the end
        checksum TEXT NOT NULL DEFAULT '',  -- of its parameters then
        seconds REAL NOT NULL DEFAULT 0,    -- of training
        deaths INTEGER NOT NULL DEFAULT 0,  -- how often the process that trained it died
        PRIMARY KEY (sweep, number)
    ) WITHOUT ROWID
"""
# A run that is written into a new store, in place of one that was damaged meanwhile, has no sweep there to belong to.
_TRIAL_OF_A_RUN = (
    "ALTER TABLE runs ADD COLUMN sweep INTEGER",
    "ALTER TABLE runs ADD COLUMN trial INTEGER",
    "CREATE INDEX runs_of_sweeps ON runs (sweep, trial) WHERE sweep IS NOT NULL",
)
# A trial that another sweep has trained already is that run; a run's own columns say whose trial it was first.
_RUN_OF_ANOTHER_SWEEP = ("ALTER TABLE trials ADD COLUMN kept INTEGER",)
_BENCHMARKS = """
    -- How fast the engine was here, beside others.
    CREATE TABLE benchmarks (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        made REAL NOT NULL,                 -- seconds since 1970
        facts TEXT NOT NULL,                -- JSON, machine, versions, threads, how it was measured
        outcomes TEXT NOT NULL              -- JSON, a table for each workload
    )
"""
# Each brings the tables one version further; a store's version is how many it has seen. None of them is ever changed.
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (_RUNS, _SNAPSHOTS, _CURVES, _LIMITS),
    (_SWEEPS, _TRIALS, *_TRIAL_OF_A_RUN),
    (_BENCHMARKS,),
    _RUN_OF_ANOTHER_SWEEP,
)
VERSION = len(_MIGRATIONS)


def bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new store, or lead an earlier one to them; raises RunStoreError for that of a later nnlab."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == VERSION:
        return
    # Whoever comes second finds the work done.
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise RunStoreError(
                f"{path}: was written by a later nnlab (version {version} of its tables, this one knows {VERSION}); "
                "update nnlab"
            )
        for migration in _MIGRATIONS[version:]:
            for statement in migration:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
