"""Experiment files of version 0.1, in every spelling it had: they mean now what they meant then."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from nnlab.datasets import DatasetSettings
from nnlab.errors import SettingError
from nnlab.experiments.experiment import Experiment, format_experiment, load_experiment, parse_experiment, with_settings
from nnlab.models.losses import Loss
from nnlab.models.regularizers import L1, ElasticNet, NoPenalty
from nnlab.models.schedules import ScheduleTime, warmed_up
from nnlab.training import TrainingSettings
from tests.sentences import assert_one_sentence

FOLDER = Path(__file__).parent.parent / "files" / "experiments"
# What each file meant to the version that wrote it: numbers in effect, of settings and what follows from them.
MEANINGS: dict[str, dict[str, Any]] = json.loads((FOLDER / "meanings.json").read_text())
EPOCHS = (0, 0.5, 1, 3, 7.25, 19)


def own_numbers(settings: Any) -> dict[str, Any]:
    return {entry.name: getattr(settings, entry.name) for entry in fields(settings)}


def rates(training: TrainingSettings) -> list[float]:
    """After two drops, with the warm-up."""
    times = [ScheduleTime(epoch, training.epochs, 2) for epoch in EPOCHS]
    return [
        training.learning_rate * training.schedule.factor(time) * warmed_up(time.epoch, training.warmup) for time in times
    ]


def judged_by(model: Any) -> dict[str, Any] | None:
    loss = getattr(model, "loss", None)
    return {"kind": loss.kind, **own_numbers(loss)} if isinstance(loss, Loss) else None


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def of_data(dataset: DatasetSettings, name: str) -> Any:
    """What then stood beside each other in one table, the source's own settings among it."""
    owner = dataset if name in {entry.name for entry in fields(dataset)} else dataset.source
    return getattr(owner, name)


def assert_means(experiment: Experiment, meaning: dict[str, Any]) -> None:
    training, model, dataset = experiment.training, experiment.model, experiment.dataset
    assert {"rule": type(training.optimizer).__name__, **own_numbers(training.optimizer)} == meaning["optimizer"]
    assert rates(training) == meaning["rates"]
    if meaning["patience before a drop"] is not None:
        assert training.schedule.patience == meaning["patience before a drop"]
    strengths = {"l1": 0.0, "l2": 0.0} | own_numbers(training.penalty)
    assert strengths == {"l1": meaning["l1"], "l2": meaning["l2"]}
    assert {name: getattr(training, name) for name in meaning["training"]} == meaning["training"]
    assert judged_by(model) == meaning["loss"]
    assert model.kind == meaning["model"]
    layers = [
        {"kind": layer["type"]} | {name: layer[name] for name in layer if name != "type"} for layer in meaning["layers"]
    ]
    assert as_json([layer.to_table() for layer in getattr(model, "layers", ())]) == layers
    assert as_json(getattr(model, "hidden", None)) == meaning["hidden"]
    assert as_json({name: of_data(dataset, name) for name in meaning["dataset"]}) == meaning["dataset"]


def test_every_optimizer_schedule_loss_and_source_of_then_is_among_the_files():
    assert len({meaning["optimizer"]["rule"] for meaning in MEANINGS.values()}) == 7
    assert len({meaning["dataset"]["name"] for meaning in MEANINGS.values()}) == 10
    assert len({meaning["model"] for meaning in MEANINGS.values()}) == 6
    assert len({meaning["loss"]["kind"] for meaning in MEANINGS.values() if meaning["loss"]}) == 6


@pytest.mark.parametrize("name", MEANINGS)
@pytest.mark.parametrize("written", ["", "-written"], ids=["by hand", "by the program"])
def test_a_file_of_then_means_the_same_now(name: str, written: str):
    assert_means(load_experiment(FOLDER / f"{name}{written}.toml"), MEANINGS[name])


@pytest.mark.parametrize("name", MEANINGS)
def test_saved_anew_it_is_the_same_experiment(name: str):
    experiment = load_experiment(FOLDER / f"{name}.toml")
    assert parse_experiment(format_experiment(experiment)) == experiment


@pytest.mark.parametrize("order", [1, -1])
def test_former_names_go_to_the_optimizer_that_is_chosen_in_the_end(order: int):
    chosen = with_settings(Experiment(), ["training.optimizer=nesterov", "training.momentum=0.8"][::order])
    assert own_numbers(chosen.training.optimizer) == {"momentum": 0.8}
    assert type(chosen.training.optimizer).__name__ == "Nesterov"


def test_former_strengths_of_penalties_add_up_and_go_out_again():
    both = with_settings(Experiment(), ["training.l2=1e-4", "training.l1=0.5"])
    assert both.training.penalty == ElasticNet(l2=1e-4, l1=0.5)
    assert with_settings(both, ["training.l1=0", "training.l2=0"]).training.penalty == NoPenalty()


@pytest.mark.parametrize("order", [1, -1])
def test_a_former_strength_adds_to_a_penalty_that_is_chosen(order: int):
    both = with_settings(Experiment(), ["training.penalty=l1", "training.l2=0.01"][::order])
    assert both.training.penalty == ElasticNet(l2=0.01, l1=L1().l1)
    with pytest.raises(SettingError, match=r"training\.penalty: 'l3' is not known"):
        with_settings(Experiment(), ["training.penalty=l3", "training.l2=0.01"][::order])


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("training.momentum=1", ("training.momentum", "at most 0.9999")),
        ("training.beta1=x", ("training.beta1", "a number")),
        ("training.l2=-1", ("training.l2", "at least 0")),
        ("training.decay_every=0", ("training.decay_every", "at least 1")),
        ("model.label_smoothing=0.95", ("model.label_smoothing", "at most 0.9")),
        ("model.huber_delta=0", ("model.huber_delta", "above 0")),
    ],
)
def test_a_former_name_with_a_wrong_value_is_named_as_it_was_written(assignment: str, words: tuple[str, ...]):
    with pytest.raises(SettingError) as caught:
        with_settings(Experiment(), [assignment])
    assert_one_sentence(caught.value, *words)
