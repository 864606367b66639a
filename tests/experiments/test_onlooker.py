"""`nnlab train` says of a run that does not learn what the window says of it, with the option that mends it."""

import json
from pathlib import Path

import pytest

from nnlab.cli import main
from nnlab.errors import OutOfMemoryError
from nnlab.resources import resource

DIGITS = str(resource("examples", "digits-mlp.toml"))


def trained(output: Path, capsys: pytest.CaptureFixture, *assignments: str) -> dict:
    """The report, and the same as a person reads it."""
    words = ["train", DIGITS, "--output", str(output), "--threads", "1", "--json"]
    assert main([*words, *(word for each in assignments for word in ("--set", each))]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("assignments", "sentence", "rate"),
    [
        (["training.learning_rate=30"], "the learning rate is too large.", "0.3"),
        (["training.learning_rate=1e-6"], "The loss stands still: a step moves the weights by", "0.001"),
        (
            ["training.learning_rate=1e-6", "training.warmup=1"],
            "The loss stands still: a step moves the weights by",
            "0.001",
        ),
    ],
    ids=["too large", "too small", "too small after a warm-up"],
)
def test_a_run_that_does_not_learn_is_told_why(
    tmp_path: Path, capsys: pytest.CaptureFixture, assignments: list[str], sentence: str, rate: str
):
    told = trained(tmp_path, capsys, *assignments)["advice"]
    assert sentence in told and told.endswith(f"Try --set training.learning_rate={rate}")
    # What it says helps.
    assert "advice" not in trained(tmp_path, capsys, *assignments, f"training.learning_rate={rate}")


def test_of_a_run_that_learns_nothing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture):
    report = trained(tmp_path, capsys, "training.epochs=6")
    assert "advice" not in report
    assert main(["train", DIGITS, "--output", str(tmp_path), "--set", "training.learning_rate=30"]) == 0
    assert "advice" in capsys.readouterr().out


def test_what_was_so_from_the_start_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture):
    report = trained(tmp_path, capsys, "model.layers.*.initializer=zeros", "training.epochs=10")
    assert report["advice"].endswith("before the first step: choose another initializer or activation.")
    assert report["advice"].startswith("All 64 units of relu1 were dead")


@pytest.mark.parametrize(
    "error", [MemoryError(), OutOfMemoryError("there is not enough memory for a step")], ids=["bare", "told"]
)
def test_where_the_beginning_cannot_be_looked_at_the_run_goes_on_and_nothing_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    asked = []

    def without_memory(*_: object) -> None:
        asked.append(1)
        raise error

    monkeypatch.setattr("nnlab.probes.first_move.FirstMove.end", without_memory)
    assert "advice" not in trained(tmp_path, capsys, "training.learning_rate=30")
    assert len(asked) == 1
