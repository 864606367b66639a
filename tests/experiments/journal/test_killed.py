"""A process that is killed at any moment leaves a store that is whole, and a run that goes on to the same end."""

import json
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.places import runs_folder
from tests.experiments.journal.test_replay import KINDS

pytestmark = pytest.mark.slow


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "nnlab", *map(str, words)]


def killed(words: list[str], seconds: float) -> bool:
    """Whether it had to be."""
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    return False


def last_run() -> tuple[int, int, str] | None:
    path = runs_folder() / "runs.sqlite"
    if not path.exists():
        return None
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if not connection.execute("SELECT name FROM sqlite_master WHERE name = 'runs'").fetchone():
            return None
        return connection.execute("SELECT number, step, ending FROM runs ORDER BY number DESC").fetchone()
    finally:
        connection.close()


@pytest.mark.parametrize("name", ["optimizer adam", "PCD"])
def test_a_killed_run_goes_on_to_the_same_end(name: str, tmp_path: Path):
    rng = random.Random(name)
    file = tmp_path / "killed.toml"
    save_experiment(KINDS[name], file)
    words = ("--threads", 1, "--output", tmp_path, "--json")
    train = command("train", file, *words, "--set", "training.epochs=4000", "--set", "training.patience=0")
    began = time.monotonic()
    expected = json.loads(subprocess.run(train, capture_output=True, check=True).stdout)["parameters_sha256"]
    length = time.monotonic() - began
    resumed = 0
    for _ in range(8):
        if not killed(train, rng.uniform(0.3, 1.0) * length):
            continue
        found = last_run()
        if found is None or found[2]:
            continue
        resume = command("resume", found[0], *words)
        while rng.random() < 0.3 and killed(resume, rng.uniform(0.2, 0.8) * length):
            assert last_run()[:1] == found[:1]
        report = json.loads(subprocess.run(resume, capture_output=True, check=True).stdout)
        assert report["parameters_sha256"] == expected
        assert report["run"] == found[0]
        resumed += 1
    assert resumed > 1
