"""Experiments as TOML: a round trip without loss, and what needs a fresh start."""

from dataclasses import fields, replace
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from nnlab.datasets import DatasetSettings
from nnlab.datasets.drawn import DrawnSource
from nnlab.errors import SaveError, SettingError
from nnlab.experiments.experiment import (
    Experiment,
    experiment_to_table,
    format_experiment,
    load_experiment,
    parse_experiment,
    save_experiment,
)
from nnlab.models import MODELS, MLPSettings, ModelSettings
from nnlab.models.layers import LAYERS, Layer, Role
from nnlab.models.layers.activations import ReLU
from nnlab.models.layers.combined import Combined
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.residual import Residual
from nnlab.models.rbm_settings import RBMSettings
from nnlab.resources import example_files
from nnlab.settings import Settings, describe
from nnlab.training import TrainingSettings
from tests.datasets.chosen import with_own
from tests.experiments.cases import SMALL
from tests.sentences import assert_one_sentence

POINTS = st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9), st.integers(0, 9).map(float)), max_size=3).map(tuple)
DRAWN = st.builds(DrawnSource, test=st.floats(0, 0.9), points=POINTS)


def values_of(kind: type, description) -> st.SearchStrategy:
    """Everything a setting accepts, from its own description."""
    if kind == tuple[int, ...]:
        return st.lists(st.integers(description.minimum, description.maximum or 10**9), max_size=4).map(tuple)
    if description.kinds:
        return st.one_of([DRAWN if rule is DrawnSource else any_settings(rule) for rule in description.kinds.values()])
    if description.choices:
        return st.sampled_from(description.choices)
    if kind is bool:
        return st.booleans()
    if kind is str:
        return st.text()
    if kind is int:
        return st.integers(description.minimum, description.maximum)
    low = description.minimum if description.above is None else description.above
    return st.floats(low, description.maximum, exclude_min=description.above is not None)


def any_settings(settings: type[Settings], **given_fields: st.SearchStrategy) -> st.SearchStrategy:
    """Any settings of this class that can be built."""
    types = get_type_hints(settings)
    plain = {
        entry.name: values_of(types[entry.name], describe(entry))
        for entry in fields(settings)
        if entry.name not in given_fields
    }
    return st.builds(settings, **plain, **given_fields)


def any_layer(layer: type[Settings]) -> st.SearchStrategy:
    # The one text that is neither free nor one of a few.
    padding = {"padding": st.sampled_from(["valid", "same", "0", "7"])} if layer is Conv2D else {}
    return any_settings(layer, **padding)


def any_layer_of(model: type[ModelSettings]) -> st.SearchStrategy:
    """One that the kind of model may hold, with such layers inside."""
    kinds = [LAYERS[kind] for kind in model.layer_kinds]
    simple = st.one_of([any_layer(layer) for layer in kinds if not issubclass(layer, Combined)])
    inside = simple.filter(lambda layer: layer.role is not Role.MARKS)
    branches = st.lists(st.lists(inside, max_size=2).map(tuple), min_size=2, max_size=3).map(tuple)
    combined = st.one_of(
        st.builds(Residual, st.lists(inside, min_size=1, max_size=3).map(tuple)),
        st.builds(Parallel, branches, st.sampled_from(["concatenate", "sum"])),
    )
    return simple | combined | st.builds(Residual, st.tuples(combined))


def any_model(model: type[ModelSettings]) -> st.SearchStrategy:
    layers = {"layers": st.lists(any_layer_of(model), max_size=6).map(tuple)} if model.layer_kinds else {}
    return any_settings(model, **layers)


MODEL = st.one_of([any_model(model) for model in MODELS.values()])
DATASET = any_settings(DatasetSettings)
EXPERIMENT = st.builds(Experiment, st.text(), DATASET, MODEL, any_settings(TrainingSettings))


@given(EXPERIMENT)
def test_any_experiment_comes_back_from_its_text(experiment: Experiment):
    assert parse_experiment(format_experiment(experiment)) == experiment


@hypothesis_settings(max_examples=30)
@given(EXPERIMENT)
def test_any_experiment_comes_back_from_its_file(tmp_path: Path, experiment: Experiment):
    path = tmp_path / "experiment.toml"
    save_experiment(experiment, path)
    assert load_experiment(path) == experiment


def test_an_empty_file_is_the_experiment_of_all_defaults(tmp_path: Path):
    path = tmp_path / "empty.toml"
    path.write_text("")
    assert load_experiment(path) == Experiment()


def test_a_mark_at_the_files_beginning_is_passed_over(tmp_path: Path):
    path = tmp_path / "marked.toml"
    path.write_bytes(b"\xef\xbb\xbf" + b'name = "B\xc3\xa4r"\r\n')
    assert load_experiment(path).name == "Bär"


def test_every_setting_stands_in_the_file():
    table = experiment_to_table(Experiment())
    assert set(table) == {"format", "name", "dataset", "model", "training"}
    assert set(table["training"]) == {entry.name for entry in fields(TrainingSettings)}
    assert set(table["dataset"]) == {entry.name for entry in fields(DatasetSettings)}


@pytest.mark.parametrize("path", example_files(), ids=lambda path: path.stem)
def test_every_example_reads_and_comes_back(path: Path):
    experiment = load_experiment(path)
    assert experiment.name == path.stem
    assert parse_experiment(format_experiment(experiment)) == experiment


def test_live_settings_need_no_fresh_start_the_others_do():
    assert not SMALL.needs_reset(replace(SMALL, name="Other"))
    assert not SMALL.needs_reset(replace(SMALL, training=replace(SMALL.training, learning_rate=0.5)))
    assert SMALL.needs_reset(replace(SMALL, training=replace(SMALL.training, seed=5)))
    assert SMALL.needs_reset(replace(SMALL, dataset=with_own(SMALL.dataset, noise=0.5)))
    assert SMALL.needs_reset(replace(SMALL, model=replace(SMALL.model, loss="mean_squared_error")))
    assert SMALL.needs_reset(replace(SMALL, model=RBMSettings()))


def test_of_a_model_what_is_live_in_its_layers_needs_no_fresh_start():
    def holding(*layers: Layer) -> Experiment:
        return Experiment(model=MLPSettings(layers))

    before = holding(Dense(9), Residual((Dense(9), Dropout(0.5))), Dense(2))
    assert not before.needs_reset(holding(Dense(9), Residual((Dense(9), Dropout(0.1))), Dense(2)))
    both = holding(Dense(8), Residual((Dense(9), Dropout(0.1))), Dense(2))
    assert before.needs_reset(both)
    assert before.with_live(both).model.layers == (Dense(9), Residual((Dense(9), Dropout(0.1))), Dense(2))
    assert before.needs_reset(holding(Dense(9), Dense(2)))
    assert before.needs_reset(holding(Dense(9), Residual((Dense(9), ReLU())), Dense(2)))


def test_settings_are_checked_wherever_they_are_made():
    with pytest.raises(SettingError):
        replace(SMALL.training, epochs=0)


def test_saving_where_no_folder_is_says_so(tmp_path: Path):
    with pytest.raises(SaveError) as caught:
        save_experiment(SMALL, tmp_path / "no folder" / "x.toml")
    assert_one_sentence(caught.value, "x.toml", "not saved", "there is no folder")
