"""The store of runs: shared, never half written, and never deleted for being damaged, newer, full or out of reach."""

import errno
import os
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import RunStoreError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.deleting import purge
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.schema import VERSION
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.training.history import History
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Kept
from tests.sentences import assert_one_sentence

LONG = replace(SMALL, training=replace(SMALL.training, epochs=30))


def whole(history: History) -> list[list[float]]:
    tables = (history.steps, history.epochs)
    return [column.values.tolist() for table in tables for column in table.values()]


def test_a_run_is_in_the_store_with_all_that_is_known_of_it(tmp_path: Path):
    kept = Kept(SMALL, tmp_path, every=3)
    (record,) = kept.store.runs()
    assert (record.number, record.name, record.step, record.epoch) == (1, "Small", 8, 2.0)
    assert record.first_experiment() == record.present_experiment() == SMALL
    assert record.settings["training.learning_rate"] == 0.1
    assert record.settings["model.layers"] == "dense 5 xavier, tanh, dense 2, softmax"
    assert record.figures["best_validation_loss"] == kept.run.best.validation.loss
    assert record.facts["parameters"] == kept.run.model.parameters.size
    assert abs(record.started - time.time()) < 60
    assert record.seconds == pytest.approx(0.08)
    assert record.ending == "done"
    expected = History()
    expected.extend(list(assemble(SMALL, [])))
    assert whole(history_of(kept.store.curves(1), record.step, record.score)) == whole(expected)
    np.testing.assert_allclose(record.curve, expected.steps["loss"].values, rtol=1e-6)


def test_the_store_knows_for_how_long_a_run_had_been_trained_after_each_step(tmp_path: Path):
    kept = Kept(LONG, tmp_path, every=3)
    history = history_of(kept.store.curves(1), kept.run.step, "accuracy")
    np.testing.assert_allclose(history.seconds_after(history.steps["step"].values), 0.01 * history.steps["step"].values)


def test_a_store_of_before_times_were_kept_has_curves_without_them(tmp_path: Path):
    kept = Kept(SMALL, tmp_path, every=3)
    parts = [part for part in kept.store.curves(1) if part.name != "times"]
    assert len(history_of(parts, 8, "accuracy").steps["loss"]) == 8 and history_of(parts, 8, "accuracy").seconds == 0


def test_a_run_that_never_began_to_train_is_none(tmp_path: Path):
    with pytest.raises(RunStoreError) as caught:
        open_store(tmp_path)[0].run(1)
    assert_one_sentence(caught.value, "no run 1", "nnlab runs list")


def test_curves_that_became_coarser_are_all_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.training.history.History.__init__.__defaults__", (16, *History.__init__.__defaults__[1:]))
    kept = Kept(LONG, tmp_path, every=3)
    expected = History()
    expected.extend(list(assemble(LONG, [])))
    found = history_of(kept.store.curves(1), kept.run.step, "accuracy")
    assert found.stride == expected.stride > 1
    assert whole(found) == whole(expected)


def test_two_stores_on_one_file_see_each_others_runs(tmp_path: Path):
    stores = [open_store(tmp_path)[0] for _ in range(2)]
    empty = dict.fromkeys(("name", "experiment", "present", "settings", "data", "facts"), "{}") | {"started": 0.0}
    numbers = [store.begin(empty) for store in stores * 3]
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert [record.number for record in stores[0].runs()] == numbers[::-1]


def test_many_processes_train_into_one_store(tmp_path: Path):
    """Real processes, at the same time; none loses anything."""
    script = (
        "import sys; from pathlib import Path; from tests.experiments.cases import SMALL;"
        "from nnlab.experiments.headless_training import run_experiment;"
        "from nnlab.experiments.journal.writer import JournalWriter;"
        "w = JournalWriter(Path(sys.argv[1]), lambda said: sys.exit(said));"
        "[run_experiment(SMALL, [], Path(sys.argv[2]), 1, None, w) for _ in range(5)]; w.close()"
    )
    folders = [tmp_path / f"models{number}" for number in range(3)]
    for folder in folders:
        folder.mkdir()
    together = [subprocess.Popen([sys.executable, "-c", script, tmp_path / "runs", folder]) for folder in folders]
    assert [process.wait(120) for process in together] == [0, 0, 0]
    store = open_store(tmp_path / "runs")[0]
    assert [(record.step, record.ending) for record in store.runs()] == [(8, "all epochs done")] * 15
    assert not any(store.is_held(record.number) for record in store.runs())


def test_who_goes_on_with_a_run_is_alone_until_he_lets_go(tmp_path: Path):
    kept = Kept(SMALL, tmp_path, steps=3)
    lock = kept.store.hold(1)
    assert lock is not None
    assert kept.store.is_held(1)
    assert kept.store.hold(1) is None
    with pytest.raises(RunStoreError) as caught:
        kept.store.check_free(1)
    assert_one_sentence(caught.value, "run 1 is being trained")
    lock.release()
    assert not kept.store.is_held(1)


def test_a_store_of_a_later_nnlab_is_left_alone(tmp_path: Path):
    open_store(tmp_path)[0].close()
    connection = sqlite3.connect(tmp_path / "runs.sqlite")
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    before = (tmp_path / "runs.sqlite").read_bytes()
    with pytest.raises(RunStoreError) as caught:
        open_store(tmp_path)
    assert_one_sentence(caught.value, "later nnlab", "update nnlab")
    assert (tmp_path / "runs.sqlite").read_bytes() == before


def test_where_no_store_can_be_made_training_goes_on_and_it_is_said_once(tmp_path: Path):
    (tmp_path / "file").write_text("")
    said: list[str] = []
    writer = JournalWriter(tmp_path / "file", said.append)
    report = run_experiment(SMALL, [], tmp_path, 1, None, writer)
    writer.close()
    assert report["parameters_sha256"] == run_experiment(SMALL, [], tmp_path, 1)["parameters_sha256"]
    assert "run" not in report
    (sentence,) = said
    assert_one_sentence(RunStoreError(sentence), str(tmp_path / "file"), "not kept", "NNLAB_HOME")


def test_a_disk_that_is_full_for_a_while_costs_what_was_not_written_then_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    said: list[str] = []
    writer = JournalWriter(tmp_path, said.append)
    run = assemble(LONG, [])
    recorder = Recorder(writer, run, LONG)
    full = False

    def write(path: Path, content: bytes, really=RunStore.write.__globals__["put_in_place"]) -> None:
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        really(path, content)

    monkeypatch.setattr("nnlab.experiments.journal.store.put_in_place", write)
    for step in run:
        full = 20 <= step.number < 60
        if step.number == 70:
            # As if it were killed here: nothing is missing.
            found = history_of(open_store(tmp_path)[0].curves(1), 70, "accuracy")
            assert found.steps["step"].values.tolist() == list(range(1, 70))
        recorder._due = 0.0
        recorder.add(step, 0.0)
        writer.flush()
    recorder.record(0.0, "done")
    writer.close()
    store = open_store(tmp_path)[0]
    steps = [snapshot.step for snapshot in store.snapshots(1)]
    assert len(said) == 1
    assert "No space left" in said[0]
    assert {0, 19, 60, 120} <= set(steps)
    assert not set(range(20, 60)) & set(steps)
    expected = History()
    expected.extend(list(assemble(LONG, [])))
    assert whole(history_of(store.curves(1), 120, "accuracy")) == whole(expected)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs the right to mount")
def test_a_disk_of_2_mb_that_is_really_full(tmp_path: Path):
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file systems can be mounted here")
    try:
        Kept(SMALL, place / "runs").store.close()
        (place / "ballast").write_bytes(b"\0" * (2 << 20 - 1))
    except OSError:
        pass
    try:
        kept = Kept(LONG, place / "runs")
        assert len(kept.said) == 1
        assert kept.run.epoch == 30
        assert kept.store.run(1).ending == "done"
        np.testing.assert_array_equal(kept.store._connection.execute("PRAGMA integrity_check").fetchone()[0], "ok")
        kept.store.close()
    finally:
        subprocess.run(["umount", place], check=True)


def test_deleted_runs_can_be_had_again_until_they_are_purged(tmp_path: Path):
    kept = Kept(SMALL, tmp_path)
    store = kept.store
    store.set_deleted([1])
    assert store.runs() == []
    store.set_deleted([1], is_deleted=False)
    assert [record.number for record in store.runs()] == [1]
    store.set_deleted([1])
    purge(store)
    store.set_deleted([1], is_deleted=False)
    assert store.runs() == []
    assert not store.folder_of(1).exists()
    # Its number is not given again.
    assert Kept(SMALL, tmp_path).recorder.log.number == 2


def test_files_that_no_row_leads_to_are_swept(tmp_path: Path):
    kept = Kept(SMALL, tmp_path)
    orphan = kept.store.snapshot_path(1, 7777)
    orphan.write_bytes(b"left by a process that was killed between the two")
    own = [kept.store.snapshot_path(1, snapshot.step) for snapshot in kept.store.snapshots(1)]
    lock = kept.store.hold(1)
    assert lock is not None
    lock.release()
    assert not orphan.exists()
    assert all(path.exists() for path in own)


def test_the_limits_hold_for_a_run_and_for_all_together(tmp_path: Path):
    store = open_store(tmp_path)[0]
    store.set_limit("run", 30_000)
    store.set_limit("store", 70_000)
    for _ in range(4):
        store = Kept(LONG, tmp_path).store
    sizes = store.sizes()
    assert store.limits() == {"run": 30_000, "store": 70_000}
    assert max(sizes.values()) <= 30_000
    assert sum(sizes.values()) <= 70_000
    # The latest are whole; of the oldest there is the last snapshot, from which it can still go on.
    assert [len(store.snapshots(number)) for number in (1, 2)] == [1, 1]
    assert len(store.snapshots(4)) > 3


def test_clocks_that_went_backwards_change_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Kept(SMALL, tmp_path)
    monkeypatch.setattr("nnlab.experiments.journal.run_log.time.time", lambda: 100.0)
    store = Kept(SMALL, tmp_path).store
    assert [record.number for record in store.runs()] == [2, 1]
