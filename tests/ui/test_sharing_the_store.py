"""Two windows and commands on one store, each a process of its own: nobody loses anything to another."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.model_file import parameters_sha256
from nnlab.experiments.places import runs_folder
from tests.experiments.cases import SMALL
from tests.ui.conftest import example

# What a person does in a window: train and begin anew, write notes, star, delete, bring back. Of what the command trained
# each window has every second run for itself.
WINDOW = """
import json, sys
from itertools import count
from pathlib import Path
from PySide6.QtCore import QTimer
import nnlab.ui.main_window as module

PART, TURNS = int(sys.argv[2]), 30
did = {"notes": {}, "deleted": [], "trained": {}, "said": []}
show = module.MainWindow.show

def begin(window):
    show(window)
    session, panel, turns = window.session, window.runs_panel, count()
    window.files.may_leave = lambda later: True
    session.message.connect(did["said"].append)
    if not window.shows_dock("runs"):
        window.turn_dock("runs")

    def act():
        turn = next(turns)
        if session.progress.number:
            did["trained"][session.progress.number] = session.progress.step
        own = [one for one in panel.records.values() if one.number % 2 == PART and one.name == "Small" and one.ending]
        if turn >= TURNS and Path("enough").exists():
            timer.stop()
            window.close()
        elif turn % 10 == 0:
            session.reset()
            session.run_or_pause()
        elif own and turn % 5 == 4:
            did["deleted"].append(own[0].number)
            panel.delete((own[0].number,))
        elif did["deleted"] and turn % 10 == 6:
            panel.reader.bring_back((did["deleted"].pop(),))
        elif own:
            number, text = own[turn % len(own)].number, f"window {PART}, turn {turn}"
            did["notes"][number] = text
            panel.change(number, notes=text, star=True)

    timer = QTimer(window)
    timer.timeout.connect(act)
    timer.start(200)

module.MainWindow.show = begin
from nnlab.cli import main
code = main([sys.argv[1]])
print(json.dumps(did))
sys.exit(code)
"""


def window(experiment: Path, part: int) -> "subprocess.Popen[str]":
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    words = [sys.executable, "-c", WINDOW, str(experiment), str(part)]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=experiment.parent
    )


def told(process: "subprocess.Popen[str]") -> dict[str, Any]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])


def command(*words: object) -> Any:
    ended = subprocess.run(
        [sys.executable, "-m", "nnlab", *map(str, words), "--json"], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def integrity(folder: Path) -> str:
    connection = sqlite3.connect(folder / "runs.sqlite")
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


def check_runs(store: RunStore, expected: dict[int, str]) -> None:
    """Each has the parameters that the command told."""
    for number, checksum in expected.items():
        record = store.run(number)
        assert parameters_sha256(run_at(store, record, record.step, []).run.model) == checksum, number


@pytest.mark.slow
def test_two_windows_and_commands_lose_nothing_to_each_other(tmp_path: Path):
    endless = example("xor", epochs=100_000)
    save_experiment(replace(endless, name="Window"), tmp_path / "window.toml")
    save_experiment(SMALL, tmp_path / "small.toml")
    trained: dict[int, str] = {}
    windows = [window(tmp_path / "window.toml", part) for part in (0, 1)]
    until = time.monotonic() + 90
    # However slow the machine is: they go on until there was enough for them to do.
    while any(one.poll() is None for one in windows) and time.monotonic() < until:
        if len(trained) > 8:
            (tmp_path / "enough").touch()
        report = command(
            "train", tmp_path / "small.toml", "--threads", 1, "--output", tmp_path, "--set", f"training.seed={len(trained)}"
        )
        trained[report["run"]] = report["parameters_sha256"]
        assert {row["run"] for row in command("runs", "list")["runs"]} <= {*range(1000)}
    told_by = [told(one) for one in windows]
    assert integrity(runs_folder()) == "ok"
    store = open_store(runs_folder())[0]
    there = {record.number: record for record in store.runs()}
    deleted = {number for each in told_by for number in each["deleted"]}
    assert deleted and len(trained) > 4
    # What was deleted in a window that has ended is gone with its files, and all else is there.
    assert deleted.isdisjoint(there)
    assert not any(store.folder_of(number).exists() for number in deleted)
    check_runs(store, {number: checksum for number, checksum in trained.items() if number not in deleted})
    for each in told_by:
        assert each["said"] == []
        assert each["trained"]
        for number, step in each["trained"].items():
            assert there[int(number)].ending == "stopped" and there[int(number)].step >= step
        assert each["notes"]
        for number, text in each["notes"].items():
            if int(number) not in deleted:
                assert (there[int(number)].notes, there[int(number)].star) == (text, True)
    assert not any(store.is_held(number) for number in there)
