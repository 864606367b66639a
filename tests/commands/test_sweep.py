"""`nnlab sweep`: what it prints, how it ends, and how it goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from nnlab.cli import main
from nnlab.errors import RunStoreError
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.places import runs_folder
from nnlab.experiments.sweeps.reading import sweeps, trials
from tests.commands.test_runs import Capture, report
from tests.experiments.sweeps.cases import BASE, written
from tests.sentences import assert_one_sentence

LONG = f"{BASE}set.training.epochs = 250\nvary.training.learning_rate = [0.1, 0.05, 0.02, 0.01, 0.03]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    return tmp_path


def test_the_answer_has_every_trial_and_the_best(capsys: Capture):
    found = report(capsys, "sweep", "rates.toml", "--workers", 1, "--set", "training.epochs=3")
    assert (found["sweep"], found["name"], found["objective"], found["goal"]) == (1, "Rates", "validation_loss", "lowest")
    rows = found["trials"]
    assert [row["values"] for row in rows] == [{"training.learning_rate": rate} for rate in (0.1, 0.5, 0.02)]
    assert [(row["trial"], row["state"], row["run"]) for row in rows] == [(1, "done", 1), (2, "done", 2), (3, "done", 3)]
    best = min(rows, key=lambda row: row["objective"])
    assert (found["best"], found["best_run"]) == (best["trial"], best["run"])
    assert best["figures"]["validation_loss"] == best["objective"]
    alone = report(capsys, "train", "small.toml", "--threads", 1, "--set", "training.epochs=3")
    assert rows[0]["parameters_sha256"] == alone["parameters_sha256"]
    listed = report(capsys, "runs", "list", "--filter", "sweep = 1 trial > 1")["runs"]
    assert [(row["run"], row["tags"], row["trial"]) for row in listed] == [(3, ["Rates"], 3), (2, ["Rates"], 2)]


def test_a_person_reads_a_table_with_the_best_marked_and_what_to_do_next(capsys: Capture):
    assert main(["sweep", "rates.toml", "--workers", "1"]) == 0
    heading, *rows, last = capsys.readouterr().out.splitlines()
    assert heading.split() == ["trial", "lr", "validation", "loss", "seconds", "run", "ended"]
    assert sum(row.startswith("best") for row in rows) == 1 and len(rows) == 3
    number = next(row for row in rows if row.startswith("best")).split()[1]
    assert last.startswith(f"nnlab runs show {number} ") and "sweep = 1" in last


def test_from_several_seeds_mean_and_spread_are_told_and_each_is_the_run_of_that_seed(capsys: Capture):
    found = report(capsys, "sweep", "small.toml", "--seeds", 3, "--workers", 1, "--set", "training.epochs=3")
    assert (found["name"], [row["values"] for row in found["trials"]]) == (
        "Small from 3 seeds",
        [{"training.seed": seed} for seed in (0, 1, 2)],
    )
    luck = found["luck"]
    tested = [row["figures"]["test_accuracy"] for row in found["trials"]]
    assert list(luck["values"].values()) == tested and luck["mean"] == pytest.approx(sum(tested) / 3)
    alone = report(capsys, "train", "small.toml", "--threads", 1, "--set", "training.epochs=3", "--set", "training.seed=2")
    assert found["trials"][2]["parameters_sha256"] == alone["parameters_sha256"]
    assert main(["sweep", "small.toml", "--seeds", "3", "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert "over 3 seeds; worst " in out and "may differ by their seeds alone" in out


def test_of_more_seeds_those_that_are_trained_already_are_kept(capsys: Capture):
    words = ("sweep", "small.toml", "--workers", 1, "--set", "training.epochs=3")
    three = report(capsys, *words, "--seeds", 3)["trials"]
    five = report(capsys, *words, "--seeds", 5)["trials"]
    assert [row["kept"] for row in three] + [row["kept"] for row in five] == [False] * 3 + [True] * 3 + [False] * 2
    for row, again in zip(three, five, strict=False):
        assert again == row | {"kept": True}
    assert [row["run"] for row in five] == [1, 2, 3, 4, 5]
    assert main([*map(str, words), "--seeds", "4"]) == 0
    out = capsys.readouterr().out
    assert out.count("done: trained in an earlier sweep") == 4 and "all were trained in earlier sweeps" in out


def test_varied_layers_are_told_in_words(capsys: Capture, folder: Path):
    two = '{ kind = "dense", units = 2 }'
    layers = f'[[{{ kind = "dense", units = 4 }}, "relu", {two}, "softmax"], [{two}]]'
    (folder / "rates.toml").write_text(f"{BASE}vary.model.layers = {layers}")
    main(["sweep", "rates.toml", "--workers", "1"])
    out = capsys.readouterr().out
    assert "dense 4, relu, dense 2, softmax" in out and "{" not in out and "[" not in out


def test_a_trial_that_diverges_is_told_beside_the_others(capsys: Capture, folder: Path):
    deep = (
        'source = "sine"\n[model]\nlayers = [{ kind = "dense", units = 9 }, { kind = "dense", units = 1 }]\n'
        'loss = "mean_squared_error"\n[training]\noptimizer = "sgd"\nepochs = 4'
    )
    (folder / "small.toml").write_text(f"format = 2\n[dataset]\n{deep}")
    (folder / "rates.toml").write_text(f"{BASE}vary.training.learning_rate = [1000.0, 0.01]")
    assert main(["sweep", "rates.toml", "--workers", "1"]) == 0
    assert "diverged: " in capsys.readouterr().out
    (folder / "rates.toml").write_text(f"{BASE}vary.training.learning_rate = [1000.0, 900.0]")
    assert main(["sweep", "rates.toml", "--workers", "1"]) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("absent.toml",), ("absent.toml", "cannot be read")),
        (("rates.toml", "--set", "training.sede=3"), ("training.sede", "'seed'")),
        (("rates.toml", "--workers", "-1"), ("--workers", "at least 0", "'-1'")),
        (("rates.toml", "--workers", "9999"), ("--workers 9999", "at most 256")),
        (("small.toml",), ("small.toml", "varies nothing", "expected a sweep", "--seeds 9")),
        (("small.toml", "--seeds", "1"), ("--seeds", "at least 2")),
        (("rates.toml", "--seeds", "3"), ("--seeds", "rates.toml", "training.seed")),
        (("rates.toml", "--set", "training.learning_rate=1"), ("--set training.learning_rate", "varied")),
    ],
)
def test_mistakes_are_one_line_and_leave_no_sweep(words: tuple[str, ...], said: tuple[str, ...], capsys: Capture):
    assert main(["sweep", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert_one_sentence(Exception(err.strip()), *said)
    with closing(RunStore(runs_folder())) as store:
        assert sweeps(store) == []


def started(*words: str) -> "subprocess.Popen[str]":
    """A real command, which leads a group of processes as it does in a terminal."""
    command = [sys.executable, "-m", "nnlab", "sweep", "rates.toml", *words]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )


def states() -> Iterator[str]:
    """Of the trials of the first sweep, now."""
    try:
        with closing(RunStore(runs_folder())) as store:
            yield from [trial.state for trial in trials(store, 1)]
    except RunStoreError:
        return


def wait_for(count: int) -> None:
    """Until so many trials have ended and another one has begun."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        now = list(states())
        if now.count("done") >= count and "running" in now:
            return
        time.sleep(0.02)
    raise AssertionError(f"no {count} trials have ended: {now}")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_stops_the_trials_and_the_same_command_goes_on(name: str, status: int, folder: Path, capsys: Capture):
    written(folder, LONG)
    process = started("--workers", "2")
    wait_for(1)
    # To all of them, as a terminal does.
    os.killpg(process.pid, getattr(signal, name))
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (status, "")
    assert_one_sentence(Exception(err.strip()), name, "of 5 trials of sweep 1", "the same command goes on with it")
    assert set(states()) <= {"done", "cancelled", "waiting"}
    gone_on = report(capsys, "sweep", "rates.toml", "--workers", 1)
    whole = report(capsys, "sweep", "rates.toml", "--workers", 1)
    assert (gone_on["sweep"], whole["sweep"]) == (1, 2)
    for one, other in zip(gone_on["trials"], whole["trials"], strict=True):
        assert {**one, "run": 0, "seconds": 0} == {**other, "run": 0, "seconds": 0}


@pytest.mark.slow
def test_a_sweep_that_was_killed_leaves_nobody_behind_and_goes_on(folder: Path, capsys: Capture):
    written(folder, LONG)
    process = started("--workers", "2")
    wait_for(1)
    process.kill()
    process.communicate(timeout=30)
    with closing(RunStore(runs_folder())) as store:
        assert sweeps(store)[0].state == "cut off"
        until = time.monotonic() + 10
        while any(store.is_held(run.number) for run in store.runs()) and time.monotonic() < until:
            time.sleep(0.02)
        assert not any(store.is_held(run.number) for run in store.runs())
    gone_on = report(capsys, "sweep", "rates.toml", "--workers", 1)
    whole = report(capsys, "sweep", "rates.toml", "--workers", 1)
    assert (gone_on["sweep"], whole["sweep"]) == (1, 2)
    assert [row["parameters_sha256"] for row in gone_on["trials"]] == [row["parameters_sha256"] for row in whole["trials"]]
