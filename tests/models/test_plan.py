"""What is said of a model before it is built, against the model that is."""

import numpy as np
import pytest

from nnlab.models import MODELS
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Code, Flatten, Reshape
from nnlab.models.linear_svm import LinearSVMSettings
from nnlab.models.mlp import MLPSettings
from nnlab.models.model import ModelSettings
from nnlab.models.network import Network
from nnlab.models.plan import faults, in_order, plan_of
from nnlab.models.rbm_settings import RBMSettings
from tests.models.cases import ENDS, HIDDEN
from tests.models.products import counted
from tests.targets import numbered

SHAPE, CLASSES, BATCH = (6, 8, 2), 4, 5
END = (Dense(CLASSES), Softmax())
PICTURES: tuple[Layer, ...] = (Conv2D(3, padding="same"), ReLU(), MaxPool2D(), Conv2D(4, kernel=2, stride=2), Flatten())
CASES: dict[str, ModelSettings] = {
    "mlp": MLPSettings((Dense(7), ReLU(), Dense(6), Tanh(), *END)),
    "noise before the first weights": MLPSettings((Dropout(0.2), Dense(7), ReLU(), *END)),
    "cnn": CNNSettings((*PICTURES, *END)),
    "residual first": CNNSettings((Residual((Conv2D(2, padding="same"), ReLU())), *PICTURES, *END)),
    "branches first": MLPSettings((Parallel(((Dense(3), Tanh(), Dense(4)), (), (Tanh(), Dense(5)))), *END)),
    "branches inside": MLPSettings((Dense(6), Residual((Parallel(((Dense(2),), (Tanh(), Dense(4)))),)), *END)),
    "autoencoder": AutoencoderSettings((Dense(9), ReLU(), Dense(3), Code(), Dense(9), ReLU(), Dense(96), Sigmoid())),
    "tied": AutoencoderSettings((Dense(9), Sigmoid(), Code(), Dense(96), Sigmoid()), tied=True),
    "deep belief": DeepBeliefSettings(hidden=(12, 5), pretrain_epochs=0),
    "svm": LinearSVMSettings(),
    "rbm": RBMSettings(hidden=7),
    "rbm, three steps": RBMSettings(hidden=7, cd_steps=3, visible_states="probabilities"),
    "rbm, persistent": RBMSettings(hidden=7, cd_steps=2, persistent=True, chains=9),
}


@pytest.mark.parametrize("settings", CASES.values(), ids=CASES)
def test_a_step_makes_as_many_products_as_the_plan_says(settings: ModelSettings, monkeypatch: pytest.MonkeyPatch):
    targets, rng = numbered(CLASSES), np.random.default_rng(0)
    model = settings.build(SHAPE, targets, dtype=np.float64)
    inputs, labels = rng.random((BATCH, *SHAPE)), np.arange(BATCH) % CLASSES
    model.begin(inputs, 0, True)
    with counted(monkeypatch) as made:
        model.loss_and_gradient(inputs, labels)
    plan = settings.plan(SHAPE, targets)
    assert made.count == sum(layer.products(BATCH) for layer in plan) > 0


@pytest.mark.parametrize("settings", CASES.values(), ids=CASES)
def test_layers_add_up_to_the_model(settings: ModelSettings):
    targets = numbered(CLASSES)
    plan = settings.plan(SHAPE, targets)
    shared = sum(layer.parameters for layer in plan) - settings.parameter_count(SHAPE, targets)
    assert shared == (9 * 96 if settings is CASES["tied"] else 0)
    assert all(layer.held > 0 and not layer.problem for layer in plan)
    assert [layer.input_shape for layer in plan[1:]] == [layer.shape for layer in plan[:-1]]


def test_every_kind_of_model_has_a_plan():
    assert {type(settings) for settings in CASES.values()} == set(MODELS.values())


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_networks_plan_has_the_products_of_its_forward_pass(hidden: str, monkeypatch: pytest.MonkeyPatch):
    layers = (*HIDDEN[hidden], *ENDS[0].layers)
    plan = plan_of(layers, (5,))
    network = Network(layers, (5,), MLPSettings().loss, numbered(4), dtype=np.float64)
    with counted(monkeypatch) as made:
        network.predict(np.random.default_rng(0).normal(size=(BATCH, 5)))
    assert made.count == BATCH * sum(layer.forward for layer in plan)
    assert plan[-1].shape == network.output_shape


def test_what_does_not_fit_is_told_at_its_layer_and_behind_it_nothing_is_known():
    plan = plan_of((Conv2D(2), ReLU(), Conv2D(2, kernel=5), Flatten(), Dense(3)), (6, 6, 1))
    assert [layer.shape for layer in plan] == [(4, 4, 2), (4, 4, 2), None, None, None]
    assert [bool(layer.problem) for layer in plan] == [False, False, True, False, False]
    assert "kernel 5 is larger than its input 4 x 4" in plan[2].problem
    assert plan[4].forward == plan[4].parameters == 0


def test_what_does_not_fit_inside_of_a_layer_is_told_there_alone():
    around = Residual((Dense(4), Residual((Tanh(), Reshape((3, 2)), Dense(4)))))
    (fault,) = faults(plan_of((Dense(4), around, Dense(2)), (3,)))
    assert fault.title == "Reshape 3 x 2" and "holds 4 numbers" in fault.problem


def test_a_sum_whose_parts_do_not_agree_is_told_at_the_layer_that_adds():
    (fault,) = faults(plan_of((Residual((Dense(3), Tanh())),), (4,)))
    assert fault.title == "Residual" and "make 3 of the input's 4" in fault.problem


@pytest.mark.parametrize("settings", CASES.values(), ids=CASES)
def test_every_layer_with_work_to_do_passes_over_numbers(settings: ModelSettings):
    plans = list(in_order(settings.plan(SHAPE, numbered(CLASSES))))
    assert all(plan.moved > 0 for plan in plans if plan.title != "Code")


def test_a_convolution_passes_over_what_its_arrays_hold():
    conv = Conv2D(3, padding="same")
    network = CNNSettings((Conv2D(2, kernel=1), conv, Flatten(), *END)).build(SHAPE, numbered(CLASSES))
    network.loss_and_gradient(np.zeros((BATCH, *SHAPE), np.float32), np.arange(BATCH) % CLASSES)
    (work,) = [work for layer, work in network._chains[BATCH] if layer is conv]
    held = {key: array.size // BATCH for key, array in work._arrays.items()}
    outputs, seen = held["z"], held["columns"]
    assert conv.moved_numbers(SHAPE, False) == held["padded"] + held["rows"] + 2 * seen + 4 * outputs
    assert conv.moved_numbers(SHAPE, True) == 3 * (held["dpadded"] + held["drows"]) + 4 * seen + 4 * outputs


def test_pooling_and_relu_in_one_with_the_convolution_pass_over_its_outputs_once():
    fused = plan_of((Conv2D(3), ReLU(), MaxPool2D()), SHAPE)
    alone = plan_of((Conv2D(3), Tanh(), MaxPool2D()), SHAPE)
    outputs = 3 * 4 * 6
    assert [plan.moved for plan in fused] == [alone[0].moved, outputs, outputs]
    assert alone[2].moved == 10 * outputs
