"""Where nnlab keeps things and looks for data, and whether it can."""

import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from nnlab.desktop.findings import Findings
from nnlab.experiments.catalogue import list_datasets
from nnlab.experiments.places import home, runs_folder

_LEAST_ROOM = 1 << 30


def home_facts() -> Findings:
    """The person's folder: whether it can be written, and how much room there is."""
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Findings(
            {"folder": str(folder)},
            (f"{folder} cannot be written ({error.strerror}); set NNLAB_HOME to a folder of yours",),
        )
    free = shutil.disk_usage(folder).free
    problems = (f"only {_size(free)} are free on its disk; make room",) if free < _LEAST_ROOM else ()
    return Findings({"folder": str(folder), "can be written": "yes", "free": _size(free)}, problems)


def store_facts() -> Findings:
    """The store of runs: how many, how large, and whether its file is whole. It is read, and nothing of it is changed."""
    folder = runs_folder()
    file = folder / "runs.sqlite"
    if not file.exists():
        return Findings({"store": "none yet; the first run begins it"})
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        (verdict,) = connection.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            sentence = f"the store of runs is damaged ({verdict}); the next window moves it aside and begins a new one"
            return Findings({}, (sentence,))
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM runs").fetchone()
        (taken,) = connection.execute("SELECT coalesce(sum(bytes), 0) FROM snapshots").fetchone()
    return Findings({"runs": f"{count:,}", "snapshots": _size(taken), "file": f"whole, of version {version}"})


def data_facts(folders: Sequence[Path]) -> Findings:
    """Where data is looked for, and which published sets are there."""
    rows = [row for row in list_datasets(folders)["datasets"] if row["path"] or row["get"]]
    looked = {"looked for in": ", ".join(map(str, folders))}
    return Findings(looked | {row["name"]: row["path"] or f"not here; {row['get']}" for row in rows})


def _size(count: int) -> str:
    return f"{count / (1 << 30):,.1f} GB" if count >= 1 << 30 else f"{count / (1 << 20):,.0f} MB"
