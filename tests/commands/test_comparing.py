"""`nnlab runs compare`: settings, figures and weights that differ, since which step, and what cannot be said."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.cli import main
from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.model_file import load_model
from tests.commands.test_runs import TRAIN, Capture, report
from tests.experiments.cases import SMALL


@pytest.fixture
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> list[dict]:
    """The same twice, another rate, more units, and data with values instead of classes."""
    monkeypatch.chdir(tmp_path)
    save_experiment(replace(SMALL, training=replace(SMALL.training, keep="last")), Path("small.toml"))
    others = (
        (),
        (),
        ("training.learning_rate=0.5",),
        ("model.layers.0.units=6",),
        (
            "dataset.source=sine",
            'model.layers=[{kind="dense",units=3},"tanh",{kind="dense",units=1}]',
            "model.loss=mean_squared_error",
        ),
    )
    return [report(capsys, *TRAIN, *(word for change in one for word in ("--set", change))) for one in others]


def test_everything_is_compared_with_the_first(trained: list[dict], capsys: Capture):
    found = report(capsys, "runs", "compare", 1, 2, 3, 4)
    assert found["runs"] == [1, 2, 3, 4]
    assert found["settings"]["training.learning_rate"] == [0.1, 0.1, 0.5, 0.1]
    losses, apart = found["figures"]["validation_loss"], found["differences"]["validation_loss"]
    assert apart == [0, 0, losses[2] - losses[0], losses[3] - losses[0]]
    same, faster, larger = found["divergence"]
    assert (same["run"], same["step"], same["until"]) == (2, None, 8)
    assert (faster["run"], faster["step"], faster["reasons"]) == (3, 1, ["lr 0.1 → 0.5"])
    assert "dense1.weight is 2 x 5 in run 1 and 2 x 6 in run 4" in larger["misfit"]


def test_weights_are_compared_as_the_models_have_them(trained: list[dict], capsys: Capture):
    for number in (1, 3):
        report(capsys, "runs", "export", number, f"{number}.safetensors")
    first, second = (load_model(Path(f"{number}.safetensors")).model.parameters for number in (1, 3))
    same, faster, larger = report(capsys, "runs", "compare", 1, 2, 3, 4)["weights"]
    assert same["tensors"] == []
    assert {tensor["name"] for tensor in faster["tensors"]} == set(first.shapes)
    for tensor in faster["tensors"]:
        apart = second.view(tensor["name"]).astype(np.float64) - first.view(tensor["name"])
        assert tensor["norm"] == pytest.approx(np.linalg.norm(apart))
        assert tensor["largest"] == abs(apart[tuple(tensor["position"])]) == np.abs(apart).max()
    assert "2 x 6 in run 4" in larger["problem"]


def test_the_confusion_says_who_takes_what_for_what_more_often(trained: list[dict], capsys: Capture):
    same, faster, _, values = report(capsys, "runs", "compare", 1, 2, 3, 4, 5)["confusion"]
    assert same["difference"] == [[0, 0], [0, 0]]
    assert np.sum(faster["difference"], axis=1).tolist() == [0, 0]
    hits = np.trace(faster["difference"])
    accuracies = report(capsys, "runs", "compare", 1, 3, "--quick")["differences"]["validation_accuracy"]
    assert hits == pytest.approx(8 * accuracies[1])
    assert "run 5 tells no classes apart" in values["problem"]


def test_a_person_reads_it_in_lines(trained: list[dict], capsys: Capture):
    capsys.readouterr()
    assert main(["runs", "compare", "1", "3", "5"]) == 0
    out = capsys.readouterr().out
    assert "First differ at step 1: dense" in out and "(lr 0.1 → 0.5)" in out
    assert "weights after the last step of both:" in out and "of its length" in out
    assert "confusion: run 5 tells no classes apart" in out
    assert "training.learning_rate" in out.splitlines()[1] or "0.5" in out


def test_a_quick_look_reads_the_store_alone(trained: list[dict], capsys: Capture):
    found = report(capsys, "runs", "compare", 1, 3, "--quick")
    assert set(found) == {"runs", "names", "settings", "figures", "differences"}


def test_data_that_is_gone_is_said_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture):
    monkeypatch.chdir(tmp_path)
    save_experiment(SMALL, Path("small.toml"))
    rows = "\n".join(f"{number % 7},{number % 5},{'ab'[number % 2]}" for number in range(40))
    Path("own.csv").write_text(f"x,y,class\n{rows}\n")
    for rate in ("0.1", "0.2"):
        report(capsys, *TRAIN, "--set", "dataset.path=own.csv", "--set", f"training.learning_rate={rate}")
    Path("own.csv").unlink()
    found = report(capsys, "runs", "compare", 1, 2)
    assert found["settings"] == {"training.learning_rate": [0.1, 0.2]}
    assert "own.csv" in found["divergence"][0]["problem"] and "own.csv" in found["confusion"][0]["problem"]
    assert found["weights"][0]["tensors"]
    json.dumps(found, allow_nan=False)
