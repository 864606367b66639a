"""A store that is damaged, however that is: it is moved aside whole, a new one is begun, and nothing is ever deleted."""

import random
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import NnlabError, RunStoreError
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.journal.deleting import Deletions, purge
from nnlab.experiments.journal.divergence import first_divergence
from nnlab.experiments.journal.listing import interrupted
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.visiting import Visitor
from nnlab.experiments.journal.writer import JournalWriter
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Kept
from tests.sentences import assert_one_sentence

FILE = "runs.sqlite"


def kept_and_closed(folder: Path) -> dict[str, bytes]:
    """A store with a run, nothing of which waits in the log; and what its snapshots hold."""
    kept = Kept(SMALL, folder)
    kept.store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept.store.close()
    return {path.name: path.read_bytes() for path in (folder / "1").glob("*.safetensors")}


def damage(folder: Path, kind: str) -> None:
    path = folder / FILE
    content = bytearray(path.read_bytes())
    if kind == "gone":
        path.unlink()
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "cut":
        path.write_bytes(content[: len(content) // 2])
    else:
        at = {"no store": 0, "first page": 20, "second page": 4096 + 100}[kind]
        content[at : at + 3000] = b"\x55" * 3000
        path.write_bytes(content)


@pytest.mark.parametrize("kind", ["no store", "first page", "second page", "cut", "empty", "gone"])
def test_a_damaged_store_is_moved_aside_with_its_snapshots_and_a_new_one_begun(kind: str, tmp_path: Path):
    snapshots = kept_and_closed(tmp_path)
    damage(tmp_path, kind)
    content = (tmp_path / FILE).read_bytes() if kind != "gone" else None
    store, notice = open_store(tmp_path)
    aside = tmp_path / "runs-damaged"
    assert "damaged" in notice and str(aside) in notice
    assert store.runs() == []
    assert ((aside / FILE).read_bytes() if content is not None else None) == content
    # The new run with the old number takes nothing of the old one's for its own, and to purge removes none of it.
    assert Kept(SMALL, tmp_path, steps=3).recorder.log.number == 1
    purge(store)
    assert {path.name: path.read_bytes() for path in (aside / "1").glob("*.safetensors")} == snapshots


def test_a_log_that_is_damaged_costs_at_most_what_was_in_it(tmp_path: Path):
    kept = Kept(SMALL, tmp_path)
    log = tmp_path / f"{FILE}-wal"
    content = bytearray(log.read_bytes())
    kept.store.close()
    rng = random.Random(3)
    for at in range(0, len(content), 500):
        content[at] = rng.randrange(256)
    log.write_bytes(content)
    store, _ = open_store(tmp_path)
    assert store._connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert Kept(SMALL, tmp_path).said == []


@pytest.mark.parametrize("seed", range(12))
def test_bytes_that_are_wrong_anywhere_cost_a_sentence_at_most(seed: int, tmp_path: Path):
    kept_and_closed(tmp_path)
    rng, path = random.Random(seed), tmp_path / FILE
    content = bytearray(path.read_bytes())
    at, length = rng.randrange(100 if seed % 2 else len(content)), rng.choice([1, 4, 60])
    content[at : at + length] = rng.randbytes(length)
    path.write_bytes(content)
    try:
        store, _ = open_store(tmp_path)
        for record in store.runs():
            store.snapshots(record.number)
            store.curves(record.number)
        kept = Kept(SMALL, tmp_path)
        assert len(kept.said) <= 1
    except RunStoreError as error:
        assert_one_sentence(error)


def test_a_folder_in_its_place_is_told_in_a_sentence(tmp_path: Path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(RunStoreError) as caught:
        open_store(tmp_path)
    assert_one_sentence(caught.value, str(tmp_path), "not kept")


def test_those_that_find_it_damaged_at_the_same_time_begin_one_new_store(tmp_path: Path):
    """Real processes: none moves aside what another has just begun."""
    kept_and_closed(tmp_path)
    damage(tmp_path, "second page")
    script = (
        "import sys; from pathlib import Path; from tests.experiments.cases import SMALL;"
        "from tests.experiments.journal.kept import Kept; print(len(Kept(SMALL, Path(sys.argv[1])).said))"
    )
    together = [
        subprocess.Popen([sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [int(process.communicate(timeout=120)[0]) for process in together]
    # Who moved it aside says so, and nobody else.
    assert sorted(said) == [0, 0, 1]
    assert len(open_store(tmp_path)[0].runs()) == 3
    assert len(list(tmp_path.glob("runs-damaged*"))) == 1


def test_a_row_whose_texts_are_damaged_does_not_cost_the_list(tmp_path: Path):
    Kept(SMALL, tmp_path)
    store = Kept(SMALL, tmp_path).store
    store._connection.execute(
        "UPDATE runs SET settings = '{\"a', figures = '[]', tags = '{}', events = '7', curve = x'00', "
        "name = CAST(x'80ff41' AS TEXT) WHERE number = 1"
    )
    second, first = store.runs()
    assert second.name == "Small"
    assert (first.settings, first.figures, first.tags, first.events, first.curve.size) == ({}, {}, (), (), 0)
    assert "A" in first.name


def test_curves_that_are_damaged_are_told_in_a_sentence(tmp_path: Path):
    store = Kept(SMALL, tmp_path).store
    store._connection.execute("UPDATE curves SET rows = x'0011'")
    with pytest.raises(RunStoreError) as caught:
        store.curves(1)
    assert_one_sentence(caught.value, "run 1", "damaged")


def test_a_table_that_takes_no_more_says_why_and_takes_more_later(tmp_path: Path):
    store = Kept(SMALL, tmp_path).store
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    for _ in range(2):
        with pytest.raises(RunStoreError) as caught:
            store.update(1, notes="x" * 100_000)
        assert_one_sentence(caught.value, "full", "free space")
    store._connection.execute("PRAGMA max_page_count = 100000")
    store.update(1, notes="there is room again")
    assert store.run(1).notes == "there is room again"


def test_a_snapshot_that_no_row_could_be_written_for_takes_no_space(tmp_path: Path):
    kept = Kept(SMALL, tmp_path, steps=3)
    kept.store._connection.execute("CREATE TRIGGER t BEFORE INSERT ON snapshots BEGIN SELECT raise(ABORT, 'full'); END")
    files = {path.name for path in (tmp_path / "1").iterdir()}
    writer = JournalWriter(tmp_path, kept.said.append)
    kept.recorder._writer = writer
    for step in kept.run:
        kept.recorder.add(step, 1.0)
    kept.recorder.record(1.0)
    writer.close()
    assert len(kept.said) == 1
    assert {path.name for path in (tmp_path / "1").iterdir()} == files


def test_a_run_that_is_trained_is_not_purged(tmp_path: Path):
    kept = Kept(SMALL, tmp_path, steps=3)
    lock = kept.store.hold(1)
    assert lock is not None
    kept.store.set_deleted([1])
    purge(kept.store)
    kept.store.set_deleted([1], is_deleted=False)
    assert kept.store.run(1).step == 3
    lock.release()


def test_a_purge_of_some_leaves_others_that_can_still_be_had_again(tmp_path: Path):
    Kept(SMALL, tmp_path)
    store = Kept(SMALL, tmp_path).store
    deletions = Deletions(store)
    deletions.delete([1, 2])
    purge(store, [2])
    deletions.bring_back([1, 2])
    assert [record.number for record in store.runs()] == [1]


def test_a_run_whose_row_is_gone_is_told_once_in_a_sentence(tmp_path: Path):
    kept = Kept(SMALL, tmp_path, steps=3)
    writer = JournalWriter(tmp_path, kept.said.append)
    kept.recorder._writer = writer
    next(kept.run)
    kept.recorder.record(1.0)
    writer.flush()
    kept.store._connection.execute("DELETE FROM runs")
    for step in kept.run:
        kept.recorder.add(step, 1.0)
        kept.recorder.record(1.0)
    writer.close()
    (sentence,) = kept.said
    assert_one_sentence(RunStoreError(sentence), "run 1 was deleted")


def test_a_home_that_is_deleted_while_it_trains_is_made_anew_and_kept_in(tmp_path: Path):
    said: list[str] = []
    writer = JournalWriter(tmp_path / "runs", said.append)
    run_experiment(SMALL, [], tmp_path, 1, None, writer)
    shutil.rmtree(tmp_path / "runs")
    report = run_experiment(SMALL, [], tmp_path, 1, None, writer)
    writer.close()
    assert said == []
    assert report["run"] == 1
    assert open_store(tmp_path / "runs")[0].run(1).step == 8


def test_a_file_that_is_no_database_is_told_with_its_place(tmp_path: Path):
    (tmp_path / FILE).write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    connection = sqlite3.connect(tmp_path / FILE)
    with pytest.raises(sqlite3.DatabaseError):
        connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    store, notice = open_store(tmp_path)
    assert "runs-damaged" in notice
    assert store.runs() == []


@pytest.mark.parametrize(
    "facts",
    [
        *('{"first_step": "x"}', '{"first_step": null}', '{"folders": []}', '{"folders": [7]}', '{"threads": "a"}', "[]"),
        *('{"helpers": -1}', '{"helpers": 1000000000}', '{"helpers": "2"}', '{"helpers": null}'),
    ],
)
def test_facts_that_make_no_sense_cost_no_look_at_the_run(facts: str, tmp_path: Path):
    kept = Kept(SMALL, tmp_path, steps=5)
    kept.store.update(1, facts=facts, ending="")
    assert [one.number for one in interrupted(kept.store)] == [1]
    np.testing.assert_array_equal(Visitor(kept.store, 1).at(3).run.model.parameters.values, kept.bare[3])
    assert int(kept.store.run(1).facts.get("threads", 0)) == 0


@pytest.mark.parametrize("events", ["[[]]", "[7]", "[null]", '[["edit", 1]]', '[["edit", "x", 1, 2, 3, 4]]'])
def test_events_that_make_no_sense_are_said_where_runs_are_compared(events: str, tmp_path: Path):
    Kept(SMALL, tmp_path)
    other = Kept(replace(SMALL, training=replace(SMALL.training, learning_rate=0.05)), tmp_path, every=3)
    other.store.update(2, events=events)
    with pytest.raises(NnlabError, match="makes no sense"):
        first_divergence(other.store, 1, 2)
