"""Experiment files of format 2 from when layers had a type and a source a name: they mean now what they meant then."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from nnlab.datasets.files import FileSource
from nnlab.datasets.toys import Moons
from nnlab.errors import SettingError
from nnlab.experiments.experiment import (
    Experiment,
    format_experiment,
    load_experiment,
    parse_experiment,
    with_settings,
)
from nnlab.experiments.toml_text import parse_toml
from nnlab.models.layers.activations import ELU
from nnlab.models.losses import Loss
from tests.sentences import assert_one_sentence

FOLDER = Path(__file__).parent.parent / "files" / "experiments" / "format-2"
# What each file meant to the version that wrote it.
MEANINGS: dict[str, dict[str, Any]] = json.loads((FOLDER / "meanings.json").read_text(encoding="utf-8"))


def own(settings: Any) -> dict[str, Any]:
    return {entry.name: getattr(settings, entry.name) for entry in fields(settings)}


def meaning_of(experiment: Experiment, known: dict[str, Any]) -> dict[str, Any]:
    training, model, dataset = experiment.training, experiment.model, experiment.dataset
    loss = getattr(model, "loss", None)
    meaning = {
        name: {"kind": type(chosen).__name__, **own(chosen)}
        for name, chosen in (
            ("optimizer", training.optimizer),
            ("schedule", training.schedule),
            ("penalty", training.penalty),
        )
    } | {
        "loss": {"kind": loss.kind, **own(loss)} if isinstance(loss, Loss) else None,
        "model": model.kind,
        "layers": [layer.to_table() for layer in getattr(model, "layers", ())],
        "source": {"kind": dataset.source.name}
        | {name: getattr(dataset.source, name) for name in known["source"] if name != "kind"},
        "dataset": {name: getattr(dataset, name) for name in known["dataset"]},
    }
    return json.loads(json.dumps(meaning))


@pytest.mark.parametrize("name", MEANINGS)
@pytest.mark.parametrize("written", ["", "-written"], ids=["by hand", "by the program"])
def test_a_file_of_then_means_the_same_now(name: str, written: str):
    assert meaning_of(load_experiment(FOLDER / f"{name}{written}.toml"), MEANINGS[name]) == MEANINGS[name]


@pytest.mark.parametrize("name", MEANINGS)
def test_saved_anew_it_is_the_same_experiment_and_layers_and_source_have_kinds(name: str):
    experiment = load_experiment(FOLDER / f"{name}.toml")
    written = format_experiment(experiment)
    assert parse_experiment(written) == experiment
    assert "type" not in written
    assert not {"name", "samples", "path", "points", "test"} & set(parse_toml(written)["dataset"])


def test_the_type_of_a_layer_can_be_set_as_its_kind_can():
    experiment = load_experiment(FOLDER / "layers-in-layers.toml")
    by_type, by_kind = (
        with_settings(experiment, [f"model.layers.0.{word}=elu", f"model.layers.1.layers.1.{word}=elu"])
        for word in ("type", "kind")
    )
    assert by_type == by_kind
    assert by_type.model.layers[0] == ELU()


@pytest.mark.parametrize(
    "assignments",
    [
        ["dataset.source=file", "dataset.source.path=a.csv", "dataset.source.label=price"],
        ["dataset.source.path=a.csv", "dataset.source.label=price"],
        ["dataset.source.kind=file", "dataset.path=a.csv", "dataset.label=price"],
        ["dataset.label=price", "dataset.path=a.csv"],
        ["dataset.name=file", "dataset.source.label=price", "dataset.path=a.csv"],
        ['dataset.source={ kind = "file", path = "a.csv", label = "price" }'],
    ],
)
def test_a_file_can_be_set_by_present_and_former_names_in_any_order(assignments: list[str]):
    sine = load_experiment(FOLDER / "sine.toml")
    assert with_settings(sine, assignments).dataset.source == FileSource(path="a.csv", label="price")


def test_a_former_name_of_a_source_keeps_what_both_have():
    sine = load_experiment(FOLDER / "sine.toml")
    for assignments in (["dataset.name=moons", "dataset.samples=60"], ["dataset.samples=60", "dataset.source=moons"]):
        assert with_settings(sine, assignments).dataset.source == Moons(samples=60, noise=0.3)


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("dataset.samples=7", ("dataset.samples", "at least 8")),
        ("dataset.source.samples=7", ("dataset.source.samples", "at least 8")),
        ("dataset.source.path=", ("dataset.source.path", "unknown setting")),
        ("dataset.source=sin", ("dataset.source: ", "'sin'", "did you mean 'sine'")),
        ("dataset.name=sin", ("dataset.name: ", "'sin'", "did you mean 'sine'")),
    ],
)
def test_a_wrong_setting_of_a_source_is_named_as_it_was_written(assignment: str, words: tuple[str, ...]):
    sine = load_experiment(FOLDER / "sine.toml")
    with pytest.raises(SettingError) as caught:
        with_settings(sine, [assignment])
    assert_one_sentence(caught.value, *words)
