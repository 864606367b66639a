"""What a model can do is what its settings foretell."""

import math

import numpy as np
import pytest

from nnlab.models import MODELS, ModelSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.capabilities import coder_of, machine_of, predicting, reconstructing, sampled_machines
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.model import Model
from nnlab.models.rbm_settings import RBMSettings
from tests.targets import numbered

SHAPE = (6, 6, 1)
SMALL = {
    "autoencoder": AutoencoderSettings((Dense(5), Code(), Dense(36), Sigmoid())),
    "rbm": RBMSettings(hidden=5),
    "deep_belief": DeepBeliefSettings((7, 5)),
}


def settings_of(kind: str) -> ModelSettings:
    return SMALL.get(kind) or MODELS[kind]().with_fitting_outputs(SHAPE, numbered(3))


def built(kind: str) -> tuple[ModelSettings, Model]:
    settings = settings_of(kind)
    return settings, settings.build(SHAPE, numbered(3))


@pytest.mark.parametrize("kind", MODELS)
def test_settings_foretell_what_the_model_can_do(kind: str):
    settings, model = built(kind)
    assert (coder_of(model) is not None) == settings.has_code
    assert (reconstructing(model) is not None) == settings.reconstructs
    assert bool(sampled_machines(model)) == settings.gives_samples
    assert (predicting(model) is not None) == settings.predicts_targets
    assert (machine_of(model) is not None) == settings.has_likelihood


@pytest.mark.parametrize("kind", SMALL)
def test_a_code_leads_back_to_the_shape_of_an_input(kind: str):
    _, model = built(kind)
    coder = coder_of(model)
    assert coder is not None
    inputs = np.random.default_rng(0).random((3, *SHAPE), np.float32)
    codes = coder.encode(inputs)
    assert codes.shape == (3, coder.dims) == (3, 5)
    assert coder.decode(codes).size == 3 * math.prod(SHAPE)


def test_machines_of_gaussian_units_have_energies_but_no_estimate_of_the_likelihood():
    settings = RBMSettings(hidden=5, visible_units="gaussian")
    assert not settings.has_likelihood
    model = settings.build(SHAPE, None)
    assert machine_of(model) is model


def test_a_stack_gives_samples_of_the_machine_that_it_trains_and_none_later():
    _, model = built("deep_belief")
    inputs = np.random.default_rng(0).random((4, *SHAPE), np.float32)
    for epoch, sizes in ((0, [7]), (3, [7, 5]), (6, [])):
        model.begin(inputs, epoch, True)
        assert [machine.hidden for machine in sampled_machines(model)] == sizes
