"""What cannot be written for a while is made up for later: no step ever comes again as another than it was."""

import errno
import os
import random
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import OutOfMemoryError, RunStoreError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.resuming import resumed_run
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.journal.visiting import Visitor
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.models.arrays import Array
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Kept
from tests.sentences import assert_one_sentence

# Without examples held back a run goes back to the last of every 64 steps.
LONG = replace(
    SMALL, dataset=replace(SMALL.dataset, validation=0.0), training=replace(SMALL.training, epochs=48, keep="last")
)


@contextmanager
def full_disk() -> Iterator[None]:
    """No snapshot can be written meanwhile."""

    def refuse(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnlab.experiments.journal.store.put_in_place", refuse)
        yield


class Slow:
    """A run that is kept entry by entry, each of which is written, or cannot be, before the next step."""

    def __init__(self, experiment: Experiment, folder: Path) -> None:
        self.said: list[str] = []
        self.folder = folder
        self.writer = JournalWriter(folder, self.said.append)
        self.run = assemble(experiment, [])
        self.recorder = Recorder(self.writer, self.run, experiment)
        self.bare = {0: self.parameters}

    @property
    def parameters(self) -> Array:
        return self.run.model.parameters.values.copy()

    @property
    def store(self) -> RunStore:
        self.writer.flush()
        return open_store(self.folder)[0]

    def train(self, until: int, every: int = 1) -> None:
        """So many steps in all; of those after which none is written only the curves are known."""
        for step in self.run:
            self.recorder._due = float("inf")
            self.recorder.add(step, 0.01 * step.number)
            if step.number % every == 0:
                self.record()
            self.bare[step.number] = self.parameters
            if step.number == until:
                break

    def record(self, ending: str = "", is_left: bool = False) -> None:
        self.recorder.record(0.01 * self.run.step, ending, is_left)
        self.writer.flush()

    def fail_in_the_next_step(self) -> None:
        """For lack of memory, in the middle of the update: the run goes back some steps."""

        def fail(*_: object) -> None:
            raise MemoryError

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(self.run.settings.optimizer), "update", fail)
            with pytest.raises(OutOfMemoryError):
                next(self.run)
        self.bare = {step: values for step, values in self.bare.items() if step < self.run.step}
        self.bare[self.run.step] = self.parameters

    def check(self, steps: range) -> list[int]:
        """Every step is as it was, or is told to be gone; those that are told."""
        store, gone = self.store, []
        record = store.run(self.recorder.log.number or 0)
        visitor = Visitor(store, record.number)
        for step in random.Random(1).sample(steps, len(steps)):
            try:
                standing = visitor.at(step)
            except RunStoreError:
                gone.append(step)
            else:
                values = standing.run.model.parameters.values
                np.testing.assert_array_equal(values, self.bare[standing.run.step], err_msg=f"visit of step {step}")
        told = self._told(store, record, steps)
        # Before its first step a visitor stands there; and what it has seen on its way it has in memory.
        assert visitor.first_step or set(gone) <= set(told)
        return told

    def _told(self, store: RunStore, record: RunRecord, steps: range) -> list[int]:
        gone = []
        for step in steps:
            try:
                values = run_at(store, record, step, []).run.model.parameters.values
            except RunStoreError:
                gone.append(step)
            else:
                np.testing.assert_array_equal(values, self.bare[step], err_msg=f"step {step}")
        return gone


def test_a_run_that_went_back_while_the_disk_was_full_never_comes_again_as_another(tmp_path: Path):
    slow = Slow(LONG, tmp_path)
    slow.train(70, every=10)
    with full_disk():
        slow.fail_in_the_next_step()
        assert slow.run.step == 64
        slow.record()
        slow.train(66)
    slow.train(90, every=8)
    slow.record()
    # What led there was never written; before, and from the next snapshot on, all is as it was.
    assert slow.check(range(91)) == list(range(64, 72))
    assert max(snapshot.step for snapshot in slow.store.snapshots(1) if snapshot.step < 72) == 64
    found = history_of(slow.store.curves(1), 90, "accuracy")
    assert found.steps["step"].values.tolist() == list(range(1, 91))


def test_where_a_run_went_back_stays_however_often_it_is_written_there(tmp_path: Path):
    slow = Slow(LONG, tmp_path)
    slow.train(70, every=5)
    slow.fail_in_the_next_step()
    slow.record()
    slow.record()
    slow.train(90, every=5)
    slow.store.drop_snapshots(1, [one.step for one in slow.store.snapshots(1) if not one.is_pinned])
    assert [one.step for one in slow.store.snapshots(1)] == [64]
    assert slow.check(range(91)) == []


def test_a_change_before_the_first_step_is_not_lost_with_a_full_disk(tmp_path: Path):
    slow = Slow(LONG, tmp_path)
    with full_disk():
        slow.run.settings = replace(slow.run.settings, learning_rate=0.02)
        slow.recorder.experiment = replace(LONG, training=slow.run.settings)
        slow.record()
    slow.train(9, every=9)
    slow.store.drop_snapshots(1, [one.step for one in slow.store.snapshots(1)])
    assert slow.store.run(1).first_experiment().training.learning_rate == 0.02
    assert slow.check(range(10)) == []


def test_a_run_that_another_goes_on_with_for_a_while_loses_nothing_of_its_curves(tmp_path: Path):
    slow = Slow(LONG, tmp_path)
    slow.train(10, every=5)
    slow.record(is_left=True)
    other = slow.store.hold(1)
    assert other is not None
    slow.train(20, every=5)
    other.release()
    slow.train(30, every=5)
    (sentence,) = slow.said
    assert_one_sentence(RunStoreError(sentence), "run 1", "another window or command")
    found = history_of(slow.store.curves(1), 30, "accuracy")
    assert found.steps["step"].values.tolist() == list(range(1, 31))
    assert slow.check(range(31)) == []


def test_the_store_can_be_deleted_while_a_run_is_kept_in_it(tmp_path: Path):
    slow = Slow(LONG, tmp_path / "runs")
    slow.train(30, every=5)
    shutil.rmtree(tmp_path / "runs")
    slow.train(60, every=5)
    assert slow.said == []
    (record,) = slow.store.runs()
    assert (record.number, record.step, record.started > 0) == (1, 60, True)
    assert history_of(slow.store.curves(1), 60, "accuracy").steps["step"].values.tolist() == list(range(1, 61))
    # What lay there is gone, and is told to be.
    assert slow.check(range(61)) == list(range(35))
    slow.record("stopped", is_left=True)
    work = resumed_run(slow.store, 1, [])
    np.testing.assert_array_equal(work.run.model.parameters.values, slow.parameters)


@pytest.mark.parametrize("step", [200, 303, 417, 580])
def test_the_store_can_be_deleted_at_any_moment_of_writing(step: int, tmp_path: Path):
    """Files go one after the other, while others are made anew in their place."""

    def delete() -> None:
        while (tmp_path / "runs").exists():
            with suppress(OSError):
                shutil.rmtree(tmp_path / "runs")
                return

    deleting = threading.Thread(target=delete)
    slow = Slow(replace(LONG, training=replace(LONG.training, epochs=1000)), tmp_path / "runs")
    for made in slow.run:
        slow.recorder._due = 0.0
        slow.recorder.add(made, 1.0)
        if made.number == step:
            deleting.start()
        if made.number == 1500:
            break
    deleting.join()
    slow.record()
    slow.record()
    assert slow.store.runs()[0].step == 1500
    values = run_at(slow.store, slow.store.runs()[0], 1500, []).run.model.parameters.values
    np.testing.assert_array_equal(values, slow.parameters)


def test_a_run_whose_store_was_moved_aside_takes_no_other_run_for_its_own(tmp_path: Path):
    slow = Slow(LONG, tmp_path / "runs")
    slow.train(10, every=5)
    (tmp_path / "runs").rename(tmp_path / "elsewhere")
    other = Kept(SMALL, tmp_path / "runs")
    slow.train(20, every=5)
    assert slow.recorder.log.number == 2
    assert [(record.number, record.step) for record in other.store.runs()] == [(2, 20), (1, 8)]
    assert slow.check(range(15, 21)) == []


def test_a_store_that_is_damaged_while_a_run_is_kept_in_it_makes_way_for_a_new_one(tmp_path: Path):
    slow = Slow(LONG, tmp_path)
    slow.train(30, every=5)
    slow.store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray((tmp_path / "runs.sqlite").read_bytes())
    content[4096:] = b"\x55" * (len(content) - 4096)
    with (tmp_path / "runs.sqlite").open("r+b") as file:
        file.write(content)
    slow.train(60, every=5)
    slow.record()
    assert any("moved" in sentence or "lies in" in sentence for sentence in slow.said)
    assert len(slow.said) <= 2
    (record,) = slow.store.runs()
    assert record.step == 60
    assert slow.check(range(55, 61)) == []


def test_a_limit_of_the_store_never_makes_another_run_of_one_that_went_back(tmp_path: Path):
    slow = Slow(LONG, tmp_path)
    slow.train(70, every=5)
    slow.fail_in_the_next_step()
    slow.record()
    slow.train(90, every=5)
    slow.record("stopped", is_left=True)
    slow.store.set_limit("store", 1)
    slow.store.set_limit("run", 1)
    Kept(SMALL, tmp_path)
    kept = [(one.step, one.bytes > 0) for one in slow.store.snapshots(1)]
    assert kept == [(64, False), (90, True)]
    assert slow.check(range(0, 91, 3)) == list(range(66, 90, 3))


def test_runs_that_ended_give_all_up_where_the_limit_of_the_store_wants_it(tmp_path: Path):
    ended = Slow(LONG, tmp_path)
    ended.train(240, every=20)
    ended.record("all epochs done", is_left=True)
    left = Slow(LONG, tmp_path)
    left.train(100, every=20)
    left.record("", is_left=True)
    left.store.set_limit("store", 1)
    Kept(SMALL, tmp_path)
    assert ended.store.snapshots(1) == []
    assert len(left.store.snapshots(2)) == 1
    assert ended.check(range(0, 241, 60)) == []


def test_a_disk_that_is_full_from_the_first_makes_one_run_and_not_many(tmp_path: Path):
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    open_store(tmp_path)[0].close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "mkdir", lambda self, *_, **__: None if self == tmp_path else refuse(self))
        slow = Slow(LONG, tmp_path)
        slow.train(10)
    slow.train(20)
    assert len(slow.said) == 1
    assert [record.step for record in slow.store.runs()] == [20]


def test_who_resumes_a_run_that_was_just_taken_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kept = Kept(SMALL, tmp_path, steps=3)
    monkeypatch.setattr(RunStore, "check_free", lambda *_: None)
    lock = kept.store.hold(1)
    assert lock is not None
    with pytest.raises(RunStoreError) as caught:
        resumed_run(kept.store, 1, [])
    assert_one_sentence(caught.value, "run 1", "taken up by another")
    lock.release()


def test_who_resumes_a_run_in_vain_lets_go_of_it(tmp_path: Path):
    kept = Kept(SMALL, tmp_path, steps=3)
    with pytest.raises(Exception, match="takes a fresh start"):
        resumed_run(kept.store, 1, [], ["training.seed=4"])
    assert not kept.store.is_held(1)


def test_what_is_changed_after_the_last_step_is_no_setting_of_the_run_before_it_acts(tmp_path: Path):
    slow = Slow(LONG, tmp_path)
    slow.train(5)
    learned = slow.store.run(1)
    slow.run.settings = replace(slow.run.settings, learning_rate=0.7)
    slow.record("stopped")
    left = slow.store.run(1)
    assert (left.settings, left.present) == (learned.settings, learned.present)
    assert left.settings["training.learning_rate"] == LONG.training.learning_rate
    assert len(left.events) == 1
    slow.train(6)
    assert slow.store.run(1).settings["training.learning_rate"] == 0.7
    assert slow.check(range(7)) == []


def test_what_is_changed_before_the_first_step_is_what_the_run_begins_with(tmp_path: Path):
    slow = Slow(LONG, tmp_path)
    slow.run.settings = replace(slow.run.settings, learning_rate=0.7)
    slow.record()
    assert slow.store.run(1).settings["training.learning_rate"] == 0.7
