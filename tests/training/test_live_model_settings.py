"""Live settings of a model, replaced between two steps, act at the next and leave what was learned."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.models import ModelSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers import LAYERS, Layer
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout, GaussianNoise, MaskingNoise
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.models.mlp import MLPSettings
from nnlab.models.rbm_settings import RBMSettings
from nnlab.settings import describe
from nnlab.training import TrainingRun, TrainingSettings, prepare_data
from nnlab.training.events import SettingsChange


def among(*layers: Layer) -> MLPSettings:
    return MLPSettings((Dense(12), Sigmoid(), *layers, Dense(10), Softmax()))


CHANGES: dict[str, tuple[ModelSettings, ModelSettings]] = {
    "dropout.rate": (among(Dropout(0.5)), among(Dropout(0.1))),
    "masking_noise.rate": (among(MaskingNoise(0.5)), among(MaskingNoise(0.1))),
    "gaussian_noise.deviation": (among(GaussianNoise(0.5)), among(GaussianNoise(0.1))),
    "kl_sparsity.target": (among(KLSparsity(0.1)), among(KLSparsity(0.3))),
    "kl_sparsity.weight": (among(KLSparsity(0.1, 0.1)), among(KLSparsity(0.1, 2.0))),
    "activity_l1.weight": (among(ActivityL1(0.1)), among(ActivityL1(0.3))),
    "batch_norm.momentum": (among(BatchNorm(0.1)), among(BatchNorm(0.5))),
    "rbm.visible_states": (RBMSettings(9), RBMSettings(9, visible_states="probabilities")),
    "rbm.cd_steps": (RBMSettings(9), RBMSettings(9, cd_steps=4)),
    "rbm.sparsity_target": (RBMSettings(9, sparsity_cost=0.1), RBMSettings(9, sparsity_cost=0.1, sparsity_target=0.3)),
    "rbm.sparsity_cost": (RBMSettings(9), RBMSettings(9, sparsity_cost=1.0)),
    "inside a residual": (among(Residual((Dense(12), Dropout(0.5)))), among(Residual((Dense(12), Dropout(0.1))))),
    "beside a fused convolution": (
        CNNSettings((Conv2D(2), ReLU(), MaxPool2D(), Flatten(), Dropout(0.5), Dense(10), Softmax())),
        CNNSettings((Conv2D(2), ReLU(), MaxPool2D(), Flatten(), Dropout(0.1), Dense(10), Softmax())),
    ),
    "in a tied autoencoder": (
        AutoencoderSettings((GaussianNoise(0.5), Dense(9), Sigmoid(), Code(), Dense(64), Sigmoid()), tied=True),
        AutoencoderSettings((GaussianNoise(0.1), Dense(9), Sigmoid(), Code(), Dense(64), Sigmoid()), tied=True),
    ),
}


def run_of(settings: ModelSettings) -> TrainingRun:
    digits = DatasetSettings("digits", examples=200)
    data = prepare_data(load_dataset(digits), digits)
    return TrainingRun(settings.build(data.dataset.example_shape, data.dataset.targets, 3), data, TrainingSettings(epochs=2))


def test_every_live_setting_of_a_model_has_a_row():
    owners = {**LAYERS, "rbm": RBMSettings}
    live = {
        f"{kind}.{name}"
        for kind, owner in owners.items()
        for name, entry in owner.__dataclass_fields__.items()
        if describe(entry).live
    }
    assert live == {name for name in CHANGES if "." in name}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_acts_at_the_next_step_as_if_the_run_had_been_read_with_it(name: str):
    former, wanted = CHANGES[name]
    assert former.with_live(wanted) == wanted
    run, other, same = run_of(former), run_of(wanted), run_of(former)
    list(islice(run, 3))
    list(islice(same, 3))
    before = run.model.parameters.values.copy()
    other.restore(run.checkpoint.copy())
    run.change_model(former, wanted)
    np.testing.assert_array_equal(run.model.parameters.values, before)
    for each in (run, other, same):
        list(islice(each, 3))
    numbers = [np.concatenate([each.model.parameters.values, each.model.buffers.values]) for each in (run, other, same)]
    np.testing.assert_array_equal(numbers[0], numbers[1])
    assert not np.array_equal(numbers[0], numbers[2])


@pytest.mark.parametrize("name", CHANGES)
def test_a_replica_goes_on_with_the_change(name: str):
    former, wanted = CHANGES[name]
    run = run_of(former)
    list(islice(run, 2))
    run.change_model(former, wanted)
    copy = run.replica()
    list(islice(run, 2))
    list(islice(copy, 2))
    np.testing.assert_array_equal(run.model.parameters.values, copy.model.parameters.values)


def test_a_change_is_remembered_with_its_step_and_none_before_the_first():
    former, wanted = CHANGES["rbm.cd_steps"]
    run = run_of(former)
    run.change_model(former, replace(former, cd_steps=2))
    assert run.events == ()
    next(run)
    run.change_model(replace(former, cd_steps=2), wanted)
    assert run.events == (SettingsChange(1, {"model.cd_steps": 2}, {"model.cd_steps": 4}),)


def test_what_decides_the_shapes_is_never_live():
    assert among(Dense(5)).needs_reset(among(Dense(6)))
    assert RBMSettings(9).needs_reset(RBMSettings(10))
    assert RBMSettings(9).needs_reset(RBMSettings(9, persistent=True))
