"""What stands beside the loop takes little of its time: few entries, small copies, none while others wait to be written."""

import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.experiments.assembly import assemble
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.entry import Beginning, Entry
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.run_log import RunLog
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.training.checkpoint import Checkpoint
from tests.experiments.cases import SMALL

LONG = replace(SMALL, training=replace(SMALL.training, epochs=500, learning_rate=0.01))


class Entries:
    """Takes them, and writes none."""

    is_behind = False

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def put(self, log: RunLog, what: Beginning | Entry) -> None:
        if isinstance(what, Entry):
            self.entries.append(what)


def recorded(monkeypatch: pytest.MonkeyPatch, seconds_of_a_step: float, steps: int = 2000) -> list[Entry]:
    """The entries of a run whose steps take so long by the clock."""
    clock = {"now": 100.0}
    monkeypatch.setattr("nnlab.experiments.journal.recorder.time.monotonic", lambda: clock["now"])
    monkeypatch.setattr("nnlab.experiments.journal.recorder.time.thread_time", lambda: 0.0)
    entries: Any = Entries()
    run = assemble(LONG, [])
    recorder = Recorder(entries, run, LONG)
    for step in run:
        clock["now"] += seconds_of_a_step
        recorder.add(step, 0.0)
        if step.number == steps:
            break
    return entries.entries


def test_of_short_epochs_there_are_about_two_entries_a_second(monkeypatch: pytest.MonkeyPatch):
    # An epoch of 4 steps every 4 ms, for 2 seconds.
    entries = recorded(monkeypatch, 0.001)
    assert 4 <= len(entries) <= 7
    assert max(later.step - earlier.step for earlier, later in pairwise(entries)) <= 500


def test_an_epochs_end_that_is_near_is_when_it_is_written(monkeypatch: pytest.MonkeyPatch):
    # An epoch every 0.45 seconds.
    entries = recorded(monkeypatch, 0.45 / 4, 80)
    assert [entry.step for entry in entries[1:]] == list(range(4, 81, 4))


def test_the_best_epoch_is_copied_once_and_stays_what_it_was():
    entries: Any = Entries()
    run = assemble(LONG, [])
    recorder = Recorder(entries, run, LONG)
    seen = []
    for step in run:
        recorder.record(0.0)
        if run.best is not None:
            seen.append((run.best.epoch, entries.entries[-1].checkpoint.best, run.checkpoint.best.numbers.parameters.copy()))
        if step.number == 60:
            break
    for (epoch, one, values), (other_epoch, other, _) in pairwise(seen):
        np.testing.assert_array_equal(one.numbers.parameters, values)
        assert (one is other) == (epoch == other_epoch)
    assert len({id(one) for _, one, _ in seen}) > 1


def test_of_large_runs_a_single_entry_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.experiments.journal.writer._MOST_BYTES", 100)
    started = threading.Event()
    monkeypatch.setattr(RunLog, "write", lambda *_: started.wait(30))
    writer = JournalWriter(tmp_path, print)
    run = assemble(LONG, [])
    recorder = Recorder(writer, run, LONG)
    next(run)
    recorder.record(0.0)
    assert writer.is_behind
    started.set()
    writer.close()
    assert run.checkpoint.bytes > 100


def test_a_copy_that_there_is_no_memory_for_stops_nothing_and_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    writer = JournalWriter(tmp_path, said.append)
    run = assemble(LONG, [])
    recorder = Recorder(writer, run, LONG)

    def fail(*_: object) -> None:
        raise MemoryError

    for step in run:
        recorder._due = 0.0
        with monkeypatch.context() as patch:
            if 20 <= step.number < 40:
                patch.setattr(Checkpoint, "copy", fail)
            recorder.add(step, 0.0)
        writer.flush()
        if step.number == 60:
            break
    writer.close()
    (sentence,) = said
    assert "not enough memory" in sentence
    store = open_store(tmp_path)[0]
    assert store.run(1).step == 60
    assert history_of(store.curves(1), 60, "accuracy").steps["step"].values.tolist() == list(range(1, 61))
