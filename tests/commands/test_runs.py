"""`nnlab runs` and `nnlab resume`: what they print, what they change, and one line for every mistake."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from nnlab.cli import main
from nnlab.experiments.experiment import load_experiment, save_experiment
from nnlab.experiments.model_file import load_model, parameters_sha256
from tests.experiments.cases import SMALL
from tests.sentences import assert_one_sentence

Capture = pytest.CaptureFixture[str]


def report(capsys: Capture, *words: object) -> dict:
    capsys.readouterr()
    assert main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


TRAIN = ("train", "small.toml", "--threads", 1)


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> list[dict]:
    """Three runs, each with another learning rate."""
    monkeypatch.chdir(tmp_path)
    save_experiment(SMALL, Path("small.toml"))
    changes = (f"training.learning_rate={rate}" for rate in ("0.1", "0.05", "0.2"))
    return [report(capsys, *TRAIN, "--set", change) for change in changes]


def test_the_list_says_what_was_changed_from_run_to_run(trained: list[dict], capsys: Capture):
    rows = report(capsys, "runs", "list")["runs"]
    assert [(row["run"], row["changed"]) for row in rows] == [(3, "lr 0.05 → 0.2"), (2, "lr 0.1 → 0.05"), (1, "")]
    assert [row["run"] for row in report(capsys, "runs", "list", "--filter", "lr > 0.07")["runs"]] == [3, 1]
    main(["runs", "list", "--filter", "lr > 900"])
    assert "none of the runs" in capsys.readouterr().out
    main(["runs", "list"])
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split() == ["run", "name", "changed", "started", "epochs", "steps", "best", "loss", "ended"]
    assert "lr 0.1 → 0.05" in lines[1]


def test_runs_are_compared_by_what_differs(trained: list[dict], capsys: Capture):
    found = report(capsys, "runs", "compare", 1, 2)
    assert found["settings"] == {"training.learning_rate": [0.1, 0.05]}
    assert all(len(values) == 2 for values in found["figures"].values())


def test_a_run_is_marked_and_found_by_its_marks(trained: list[dict], capsys: Capture):
    marked = report(capsys, "runs", "mark", 2, "--star", "--tags", "good, slow", "--notes", "the odd one")
    assert marked == {"run": 2, "name": "Small", "notes": "the odd one", "tags": ["good", "slow"], "star": True}
    for line in ("star = 1", "star", "tag = slow", "odd"):
        assert [row["run"] for row in report(capsys, "runs", "list", "--filter", line)["runs"]] == [2]
    assert report(capsys, "runs", "mark", 2, "--no-star")["star"] is False


def test_a_run_is_exported_as_what_the_ending_says(trained: list[dict], capsys: Capture):
    for name in ("a.toml", "a.csv", "a.safetensors"):
        report(capsys, "runs", "export", 2, name)
    assert load_experiment(Path("a.toml")).training.learning_rate == 0.05
    rows = list(csv.DictReader(Path("a.csv").read_text().splitlines()))
    assert [row["step"] for row in rows] == [str(step) for step in range(1, 9)]
    seconds = [float(row["seconds"]) for row in rows]
    assert seconds[0] > 0 and seconds == sorted(set(seconds))
    assert [bool(row["validation_loss"]) for row in rows] == [False] * 3 + [True] + [False] * 3 + [True]
    assert parameters_sha256(load_model(Path("a.safetensors")).model) == trained[1]["parameters_sha256"]
    report(capsys, "runs", "export", 2, "A.CSV")
    assert Path("A.CSV").read_text() == Path("a.csv").read_text()
    report(capsys, "runs", "export", 2, "b.safetensors", "--step", 3)
    assert load_model(Path("b.safetensors")).step == 3
    # What is resumed from it knows which epoch was the best so far.
    saved = load_model(Path("a.safetensors"))
    assert saved.checkpoint.best is not None
    assert saved.history.best["epoch"] == saved.checkpoint.best.end.epoch


def test_a_deleted_run_is_gone_and_its_number_with_it(trained: list[dict], capsys: Capture):
    report(capsys, "runs", "delete", 1, 3)
    assert [row["run"] for row in report(capsys, "runs", "list")["runs"]] == [2]
    assert main(["runs", "show", "3"]) == 2


@pytest.mark.parametrize(
    ("words", "reply", "left"),
    [((), "y", [3]), ((), "n", [3, 2, 1]), ((), "", [3, 2, 1]), (("--yes",), None, [3]), (("--json",), None, [3])],
)
def test_on_a_terminal_it_is_asked_before_runs_are_deleted(
    words: tuple[str, ...],
    reply: str | None,
    left: list[int],
    trained: list[dict],
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
):
    typed = io.StringIO("" if reply is None else f"{reply}\n")
    monkeypatch.setattr(typed, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", typed)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["runs", "delete", "1", "2", *words]) == 0
    said = capsys.readouterr()
    assert ("run 1 (Small), run 2 (Small), with all that was kept of them? [y/N]" in said.err) == (reply is not None)
    assert (said.out == "nothing was deleted\n") == (len(left) == 3)
    assert [row["run"] for row in report(capsys, "runs", "list")["runs"]] == left


@pytest.mark.parametrize("start", ["run", "model"])
def test_training_on_ends_where_a_longer_run_does(start: str, trained: list[dict], capsys: Capture):
    longer = report(capsys, *TRAIN, "--set", "training.epochs=5", "--set", "training.keep=last")
    report(capsys, *TRAIN, "--set", "training.keep=last")
    last = report(capsys, "runs", "list")["runs"][0]["run"]
    words = [last] if start == "run" else ["Small.safetensors"]
    resumed = report(capsys, "resume", *words, "--epochs", 5, "--threads", 1, "--output", "on")
    assert resumed["parameters_sha256"] == longer["parameters_sha256"]
    assert resumed["run"] == (last if start == "run" else last + 1)
    # The curves are whole, also of the steps that only the file knew.
    report(capsys, "runs", "export", resumed["run"], "all.csv")
    assert len(Path("all.csv").read_text().splitlines()) == 1 + 20


def test_a_run_that_goes_on_with_other_helpers_is_told_of(trained: list[dict], capsys: Capture):
    """Threads that it was trained with are not asked for, and make way for helpers."""
    report(capsys, "train", "small.toml", "--threads", 2)
    for helpers, said in ((2, "helpers 2 instead of 1, threads 1 instead of 2"), (1, "")):
        capsys.readouterr()
        assert main(["resume", "4", "--epochs", str(5 - helpers), "--helpers", str(helpers), "--json"]) == 0
        out, err = capsys.readouterr()
        assert said in err and ("bits may differ" in err) == bool(said)
        assert json.loads(out)["helpers"] == helpers


def test_a_run_with_helpers_goes_on_with_them_without_a_word(trained: list[dict], capsys: Capture):
    """In what it was divided last does not stand where it began."""
    report(capsys, "train", "small.toml", "--threads", 2)
    report(capsys, "resume", 4, "--epochs", 3, "--helpers", 2)
    assert report(capsys, "resume", 4, "--epochs", 4)["helpers"] == 2
    report(capsys, "train", "small.toml", "--helpers", 2)
    capsys.readouterr()
    assert main(["resume", "5", "--epochs", "3"]) == 0
    assert "bits may differ" not in capsys.readouterr().err
    assert main(["resume", "5", "--epochs", "4", "--threads", "2"]) == 2
    assert "helpers of this run have one thread each" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("train", "small.toml"), ("resume", 1, "--epochs", 3)])
def test_more_helpers_than_cores_are_told_of(
    words: tuple[object, ...], trained: list[dict], capsys: Capture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("nnlab.experiments.sharing.available_cores", lambda: 2)
    capsys.readouterr()
    assert main([*map(str, words), "--helpers", "3", "--json"]) == 0
    out, err = capsys.readouterr()
    assert "more helpers (3) than cores (2): they wait for each other" in err
    assert json.loads(out)["helpers"] == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("resume", 9), ("no run 9", "nnlab runs list")),
        (("resume", "absent.safetensors"), ("absent.safetensors", "no such file")),
        (("resume", 1, "--set", "training.seed=3"), ("training.seed=3", "fresh start")),
        (("runs", "list", "--filter", "lr >"), ("'>' has nothing behind it",)),
        (("runs", "export", 1, "a.png"), ("a.png", ".safetensors")),
        (("runs", "delete", 1, 7), ("no run 7",)),
    ],
)
def test_mistakes_are_one_line_and_change_nothing(
    words: tuple[object, ...], said: tuple[str, ...], trained: list[dict], capsys: Capture
):
    capsys.readouterr()
    assert main([*map(str, words)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert_one_sentence(Exception(err.strip()), *said)
    assert len(report(capsys, "runs", "list")["runs"]) == 3
