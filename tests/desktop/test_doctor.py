"""`nnlab doctor`: every part is looked at whatever is wrong with another, and what is wrong is said with what to do."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab.cli import main
from nnlab.desktop import doctor
from nnlab.desktop.doctor import examine
from nnlab.desktop.findings import Findings
from nnlab.errors import CancelledError
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.places import home, runs_folder


@pytest.fixture(autouse=True)
def _room_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """However full this machine is."""
    monkeypatch.setattr("nnlab.desktop.engine_facts._LEAST_MEMORY", 0)
    monkeypatch.setattr("nnlab.desktop.place_facts._LEAST_ROOM", 0)


def examined(capsys: pytest.CaptureFixture, status: int = 0) -> dict:
    assert main(["doctor", "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_the_page_has_what_a_report_of_a_fault_needs(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NNLAB_SOMETHING", "of a person's")
    RunStore(runs_folder()).close()
    assert main(["doctor"]) == 0
    page = capsys.readouterr().out
    for part in (nnlab.__version__, np.__version__, "openblas", "GFLOP/s", "PySide6", "offscreen", "screen 1", "whole"):
        assert part in page
    assert "of a person's" in page
    assert page.rstrip().endswith("nothing is wrong")


def test_a_persons_own_folder_is_not_named(capsys: pytest.CaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "mine"))
    assert main(["doctor"]) == 0
    page = capsys.readouterr().out
    assert str(tmp_path) not in page
    assert "~/mine" in page


def test_a_home_that_cannot_be_written_is_told(
    capsys: pytest.CaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "file"))
    (problem, *_) = examined(capsys, 1)["problems"]
    assert "set NNLAB_HOME to a folder of yours" in problem


def test_a_damaged_store_is_told_and_left_as_it_is(capsys: pytest.CaptureFixture):
    RunStore(runs_folder()).close()
    file = runs_folder() / "runs.sqlite"
    damaged = b"\xff" * file.stat().st_size
    file.write_bytes(damaged)
    report = examined(capsys, 1)
    assert any("database" in problem or "damaged" in problem for problem in report["problems"])
    assert file.read_bytes() == damaged
    assert report["sections"]["Home"]["folder"].endswith(home().name)


def test_the_store_of_an_earlier_version_is_read_and_not_brought_up_to_date(capsys: pytest.CaptureFixture):
    RunStore(runs_folder()).close()
    with closing(sqlite3.connect(runs_folder() / "runs.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 1")
    assert "version 1" in examined(capsys)["sections"]["Runs"]["file"]
    with closing(sqlite3.connect(runs_folder() / "runs.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_server_without_a_screen_is_well(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert "none" in examined(capsys)["sections"]["Window"]["screen"]
    monkeypatch.setenv("DISPLAY", ":987")
    (problem,) = examined(capsys, 1)["problems"]
    assert ":987 does not answer" in problem


def test_who_cancels_does_not_wait_for_the_other_looks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "window_facts", lambda: pytest.fail("nobody waits for it any more"))

    def report(what: str, share: float) -> None:
        if what == "Window":
            raise CancelledError

    with pytest.raises(CancelledError):
        examine([], report)


def test_what_cannot_be_looked_at_keeps_nothing_else_from_being_told(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    def broken() -> Findings:
        raise RuntimeError("half an installation")

    monkeypatch.setattr(doctor, "engine_facts", broken)
    report = examined(capsys, 1)
    assert report["problems"] == ["it cannot be looked at: RuntimeError: half an installation"]
    assert report["sections"]["Window"]["PySide6"]
