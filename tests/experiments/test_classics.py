"""The classics of courses: each is trained through the command line, and shows what it is there to show."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.cli import main
from nnlab.experiments.assembly import assemble
from nnlab.experiments.examples import CLASSICS, EXAMPLES, Example, example_named
from nnlab.experiments.experiment import Experiment, format_experiment, load_experiment, parse_experiment, with_settings
from nnlab.experiments.model_file import SavedModel, load_model
from nnlab.experiments.variations import Variations, load_for_training
from nnlab.models.arrays import Array
from nnlab.training import TrainingRun

# What would take longer than a blink, for so long alone.
SHORT = {
    "fooling-pictures": ("training.steps=20",),
    "hidden-25": ("training.epochs=2",),
    "patches-and-edges": ("training.epochs=2", "dataset.source.pieces=400"),
    "random-labels": ("training.epochs=2",),
    "rbm-300": ("training.steps=5",),
    "self-taught-features": ("training.steps=5",),
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
    assert len(np.unique(weight.parameters.view("dense1.weight"), axis=1).T) == 8


def test_one_batch_begins_at_ln_10_and_is_learned_by_heart(train: Trainer):
    first = train("one-batch", "training.epochs=1", "training.learning_rate=1e-9")
    assert first["train_loss"] == pytest.approx(np.log(10), abs=0.002)
    report = train("one-batch")
    assert report["train_loss"] < 0.001 and report["train_accuracy"] == 1.0


def test_a_classifier_sees_what_the_features_were_taught_by_others(
    train: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    train("self-taught-features", "training.steps=20")
    report = train("self-taught-classifier", "training.epochs=2")
    saved = train.model(report)
    assert saved.example_shape == (200,) and saved.class_names == tuple("01234")
    assert report["test_accuracy"] > 0.6


def test_what_annealing_says_of_a_small_machine_is_held_against_all_its_states(
    train: Trainer, capsys: pytest.CaptureFixture[str]
):
    report = train("rbm-exact", "training.epochs=5")
    assert main(["evaluate", report["model"], "--log-likelihood", "--json", "--threads", "1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["log_partition_low"] < found["log_partition_exact"] < found["log_partition_high"]
    assert found["test_log_likelihood"] > -45 > -64 * np.log(2) - 1


def test_deep_networks_need_their_initialisation(real_data: Path):
    few = ["training.epochs=4"]
    found = load_variations_of("comparisons/initialisation-against-depth", few)
    assert [one.name.partition(": ")[2] for one in found][3:6] == [
        f"layers of 10, {rule}" for rule in ("normal", "xavier", "he")
    ]
    scores = [assembled_score(one) for one in (found[0], found[3], found[4])]
    assert scores[0] > 0.85 and scores[1] < 0.2 and scores[2] > 0.85


def test_edges_emerge_from_patches():
    """Most units prefer an angle: the structure tensor of their weights is far from round."""
    experiment = load_experiment(example_named("classics/patches-and-edges").path)
    short = with_settings(experiment, ["training.epochs=30", "dataset.source.pieces=10000", "training.learning_rate=0.02"])
    run = assemble(short, [])
    before = coherence(run)
    for _ in run:
        pass
    assert np.median(before) < 0.45 < np.median(coherence(run))


def load_variations_of(file: str, settings: list[str]) -> tuple[Experiment, ...]:
    found = load_for_training(example_named(file).path, settings)
    assert isinstance(found, Variations)
    return found.experiments


def assembled_score(experiment: Experiment) -> float:
    run = assemble(experiment, [])
    for _ in run:
        pass
    assert run.evaluation is not None
    return float(run.evaluation.score)


def coherence(run: TrainingRun) -> Array:
    """Of each unit (l1 - l2) / (l1 + l2), with l the eigenvalues of the sum of the outer products of its weights' slopes."""
    weight = run.model.parameters.view("dense1.weight")
    found = []
    for tile in weight.T.reshape(-1, 8, 8).astype(float):
        down, across = np.gradient(tile)
        low, high = np.linalg.eigvalsh(
            [[(across**2).sum(), (across * down).sum()], [(across * down).sum(), (down**2).sum()]]
        )
        found.append((high - low) / (high + low))
    return np.array(found)
