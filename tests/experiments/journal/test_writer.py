"""The thread that writes survives whatever goes wrong in it: nobody waits for it in vain."""

import threading
import time
from pathlib import Path

import pytest

from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.journal.entry import Beginning
from nnlab.experiments.journal.run_log import RunLog
from nnlab.experiments.journal.writer import JournalWriter
from tests.experiments.cases import SMALL


def test_a_fault_of_its_own_is_said_once_and_training_ends_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(RunLog, "_write_entry", fail)
    said: list[str] = []
    writer = JournalWriter(tmp_path / "runs", said.append)
    report = run_experiment(SMALL, [], tmp_path, 1, None, writer)
    writer.close()
    assert report["stopped"] == "all epochs done"
    (sentence,) = said
    assert "ZeroDivisionError: a fault" in sentence


def test_to_flush_waits_for_what_was_put_before_and_not_for_what_comes_meanwhile(tmp_path: Path):
    """However slow the disk is: who scrubs waits for it, and so does who closes the window."""
    written: list[object] = []

    class Slow(RunLog):
        def take(self, what: object) -> None:
            time.sleep(0.02)
            written.append(what)

    writer, log, is_over = JournalWriter(tmp_path, lambda sentence: None), Slow(), threading.Event()

    def train() -> None:
        while not is_over.wait(0.001):
            if not writer.is_behind:
                writer.put(log, Beginning(SMALL, None, {}))

    training, flushing = threading.Thread(target=train), threading.Thread(target=writer.flush, daemon=True)
    training.start()
    last = Beginning(SMALL, None, {})
    writer.put(log, last)
    flushing.start()
    flushing.join(5)
    has_returned = not flushing.is_alive()
    is_over.set()
    training.join()
    writer.close()
    assert has_returned and any(what is last for what in written)
    # Of a writer that has ended nothing is to be waited for.
    writer.put(log, last)
    late = threading.Thread(target=writer.flush, daemon=True)
    late.start()
    late.join(5)
    assert not late.is_alive()
