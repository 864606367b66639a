"""The classics of courses: each is trained through the command line, and shows what it is there to show."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.cli import main
from nnlab.experiments.examples import CLASSICS, EXAMPLES, Example, example_named
from nnlab.experiments.experiment import format_experiment, load_experiment, parse_experiment
from nnlab.experiments.model_file import SavedModel, load_model

# What would take longer than a blink, for so long alone.
SHORT = {
    "hidden-25": ("training.epochs=2",),
    "random-labels": ("training.epochs=2",),
    "sines-instead-of-layers": ("training.epochs=40",),
    "smallest-net-for-the-spirals": ("training.epochs=40",),
}


class Trainer:
    """Trains examples by the command line, into one folder."""

    def __init__(self, folder: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._data, self._capsys = folder, data, capsys

    def __call__(self, name: str, *settings: str) -> dict[str, Any]:
        path = example_named(f"classics/{name}").path
        chosen = [part for setting in settings for part in ("--set", setting)]
        threads = ("--threads", "1", "--output", str(self._folder), "--data", str(self._data))
        assert main(["train", str(path), "--json", *threads, *chosen]) == 0
        report: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return report

    def model(self, report: dict[str, Any]) -> SavedModel:
        return load_model(Path(report["model"]))


@pytest.fixture
def train(tmp_path: Path, real_data: Path, capsys: pytest.CaptureFixture[str]) -> Trainer:
    return Trainer(tmp_path, real_data, capsys)


def single(example: Example) -> bool:
    return example.group == CLASSICS and example.file.startswith("classics/") and not example.after


@pytest.mark.parametrize("name", [Path(example.file).name for example in EXAMPLES if single(example)])
def test_a_classic_is_named_as_its_file_comes_back_from_its_text_and_learns(name: str, train: Trainer):
    path = example_named(f"classics/{name}").path
    experiment = load_experiment(path)
    assert experiment.name == name and path.read_text(encoding="utf-8").startswith("# ")
    assert parse_experiment(format_experiment(experiment)) == experiment
    report = train(name, *SHORT.get(name, ("training.epochs=3",)))
    saved = train.model(report)
    assert np.isfinite(report["train_loss"]) and np.isfinite(saved.model.parameters.values).all()


def test_the_squares_do_what_the_coordinates_cannot(train: Trainer):
    assert train("squares-instead-of-layers")["test_accuracy"] > 0.98
    plain = [f"model.layers.0.{name}={on}" for name, on in (("x1", "true"), ("x2", "true"))]
    plain += [f"model.layers.0.{name}=false" for name in ("x1_squared", "x2_squared")]
    assert train("squares-instead-of-layers", *plain)["test_accuracy"] < 0.65


def test_units_that_begin_alike_stay_alike(train: Trainer):
    weight = train.model(train("zeros-as-weights", "training.epochs=3")).model.parameters.view("dense1.weight")
    assert (weight == weight[:, :1]).all() and weight.any()
    weight = train.model(train("zeros-as-weights", "training.epochs=3", "model.layers.0.initializer=xavier")).model
    assert len(np.unique(weight.parameters.view("dense1.weight"), axis=1).T) == 16


def test_one_batch_begins_at_ln_10_and_is_learned_by_heart(train: Trainer):
    first = train("one-batch", "training.epochs=1", "training.learning_rate=1e-9")
    assert first["train_loss"] == pytest.approx(np.log(10), abs=0.002)
    report = train("one-batch")
    assert report["train_loss"] < 0.001 and report["train_accuracy"] == 1.0
