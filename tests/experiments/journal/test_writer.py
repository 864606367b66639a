"""The thread that writes survives whatever goes wrong in it: nobody waits for it in vain."""

from pathlib import Path

import pytest

from nnlab.experiments.headless_training import run_experiment
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
