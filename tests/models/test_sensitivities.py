"""How the loss answers to every activation: by hand, beside PyTorch and finite differences, and without a trace."""

import numpy as np
import pytest

from nnlab.models import MODELS
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import Sigmoid, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout, MaskingNoise
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Code
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.models.losses import LOSSES
from nnlab.models.network import Network
from tests.models.cases import STACKS, Stack
from tests.targets import numbered

SOME = [stack for stack in STACKS if stack.end.loss in ("cross_entropy", "mean_squared_error")]


def loss_from(model: Network, place: int, activation: np.ndarray, targets: np.ndarray) -> float:
    """The loss when the layers behind a place are given this activation, through a network of those layers alone."""
    layers = model.layers[place + 1 :]
    rest = Network(layers, activation.shape[1:], model.loss, model.targets, dtype=np.float64)
    for mine, its in zip(model.names[place + 1 :], rest.names, strict=True):
        for tensors, others in ((model.parameters, rest.parameters), (model.buffers, rest.buffers)):
            for name in tensors.shapes:
                if name.startswith(f"{mine}."):
                    others.view(f"{its}.{name.partition('.')[2]}")[...] = tensors.view(name)
    return rest.evaluate(activation, targets)[0].loss


@pytest.mark.parametrize("stack", SOME, ids=str)
def test_each_is_the_slope_of_the_loss_by_that_activation(stack: Stack):
    model, (inputs, targets) = stack.build(), stack.batch(4)
    model.buffers.values[...] = np.random.default_rng(0).uniform(0.5, 2, model.buffers.size)
    seen = model.sensitivities(inputs, targets)
    rng = np.random.default_rng(1)
    assert seen.loss == pytest.approx(model.evaluate(inputs, targets)[0].loss, rel=1e-12)
    # What stands inside of others comes before them.
    found = [at for at, place in enumerate(model.places) if len(place.path) == 1 and at < len(seen.by_output)]
    for place in range(-1, len(found) - 1):
        x = seen.outputs[found[place]] if place >= 0 else inputs
        slope = seen.by_output[found[place]] if place >= 0 else seen.by_input
        # Not where ReLU gave 0: pooled with its like, such a number stands on a kink.
        direction = rng.normal(size=x.shape) * (x != 0)
        ahead, behind = (loss_from(model, place, x + step * direction, targets) for step in (1e-6, -1e-6))
        assert (slope * direction).sum() == pytest.approx((ahead - behind) / 2e-6, rel=1e-4, abs=1e-8), model.names[place]


INSIDE = {
    "residual": (Dense(4), Residual((Dense(3), Tanh(), Dense(4)))),
    "first of all": (Residual((Dense(4), Tanh(), Dense(4))),),
    "side by side": (Parallel(((Dense(3), Tanh()), (), (Dense(2),))),),
    "added, nested": (Parallel(((Dense(4), Residual((Tanh(), Dense(4)))), (Dense(4),)), "sum"), Tanh()),
}


@pytest.mark.parametrize("layers", INSIDE.values(), ids=INSIDE)
def test_inside_of_layers_each_is_the_slope_too(layers: tuple[Layer, ...]):
    """A bias is added to all outputs of its layer alike: the slope by it is the sum of those by the outputs."""
    model = Network((*layers, Dense(2)), (4,), LOSSES["mean_squared_error"], None, 1, np.float64)
    x, t = (np.random.default_rng(seed).normal(size=(5, size)) for seed, size in ((0, 4), (1, 2)))
    model.loss_and_gradient(x, t)
    seen, dense = model.sensitivities(x, t), 0
    for place, output, slope in zip(model.places, seen.outputs, seen.by_output, strict=True):
        assert output.shape == slope.shape == (5, *place.shape)
        if isinstance(place.layer, Dense):
            dense += 1
            bias = model.parameters.gradient_view(f"{place.name}.bias")
            np.testing.assert_allclose(slope.sum(axis=0), bias, rtol=1e-9, atol=1e-12)
    assert dense > 1


@pytest.mark.parametrize("layers", INSIDE.values(), ids=INSIDE)
def test_outputs_inside_of_layers_make_those_of_the_whole(layers: tuple[Layer, ...]):
    model = Network((*layers, Dense(2)), (4,), LOSSES["mean_squared_error"], None, 1, np.float64)
    x = np.random.default_rng(0).normal(size=(5, 4))
    outputs = model.activations(x)
    for at, place in enumerate(model.places):
        if place.ends:
            ends = [outputs[end] if end >= 0 else x for end in place.ends]
            adds = not isinstance(place.layer, Parallel) or place.layer.merge == "sum"
            np.testing.assert_allclose(outputs[at], sum(ends) if adds else np.concatenate(ends, -1), rtol=1e-12)
        elif isinstance(place.layer, Dense):
            before = outputs[place.source] if place.source >= 0 else x
            own = model.tensors_of(place.name)
            np.testing.assert_allclose(outputs[at], before @ own["weight"] + own["bias"], rtol=1e-12)


@pytest.mark.parametrize("stack", SOME, ids=str)
def test_looking_leaves_gradient_buffers_and_the_next_step_alone(stack: Stack):
    watched, alone, (inputs, targets) = stack.build(), stack.build(), stack.batch()
    for model in (watched, alone):
        model.loss_and_gradient(inputs, targets, 0)
    gradient, buffers = watched.parameters.gradient.copy(), watched.buffers.values.copy()
    watched.sensitivities(inputs + 1, targets)
    np.testing.assert_array_equal(watched.parameters.gradient, gradient)
    np.testing.assert_array_equal(watched.buffers.values, buffers)
    for model in (watched, alone):
        model.loss_and_gradient(inputs, targets, 1)
    assert watched.parameters.gradient.tobytes() == alone.parameters.gradient.tobytes()
    assert watched.buffers.values.tobytes() == alone.buffers.values.tobytes()


def test_a_network_of_two_two_and_one_units_by_hand():
    model = Network(
        (Dense(2), Tanh(), Dense(1), Sigmoid()), (2,), LOSSES["binary_cross_entropy"], numbered(2), dtype=np.float64
    )
    weight1, bias1 = np.array([[1.0, -1.0], [0.5, 2.0]]), np.array([0.1, -0.2])
    weight2, bias2 = np.array([[1.5], [-0.5]]), np.array([0.3])
    tensors = {"dense1.weight": weight1, "dense1.bias": bias1, "dense2.weight": weight2, "dense2.bias": bias2}
    for name, values in tensors.items():
        model.parameters.view(name)[...] = values
    x = np.array([[1.0, -0.5]])
    h = np.tanh(np.array([1.0 - 0.25 + 0.1, -1.0 - 1.0 - 0.2]))
    p = 1 / (1 + np.exp(-(1.5 * h[0] - 0.5 * h[1] + 0.3)))
    seen = model.sensitivities(x, np.array([1]))
    assert seen.loss == pytest.approx(-np.log(p))
    assert [len(seen.outputs), len(seen.by_output)] == [4, 3]
    np.testing.assert_allclose(seen.by_output[2], [[p - 1]])
    np.testing.assert_allclose(seen.by_output[1], [[1.5 * (p - 1), -0.5 * (p - 1)]])
    delta = np.array([1.5, -0.5]) * (p - 1) * (1 - h**2)
    np.testing.assert_allclose(seen.by_output[0], [delta])
    np.testing.assert_allclose(seen.by_input, [[delta[0] - delta[1], 0.5 * delta[0] + 2 * delta[1]]])


def test_what_only_training_does_is_left_out():
    layers = (MaskingNoise(0.5), Dense(6), BatchNorm(), Sigmoid(), KLSparsity(0.1, 5.0), ActivityL1(3.0), Dropout(0.5))
    noisy = Network((*layers, Dense(3), Softmax()), (4,), LOSSES["cross_entropy"], numbered(3), dtype=np.float64)
    plain = Network((Dense(6), Sigmoid(), Dense(3), Softmax()), (4,), LOSSES["cross_entropy"], numbered(3), dtype=np.float64)
    for name in plain.parameters.shapes:
        plain.parameters.view(name)[...] = noisy.parameters.view(name)
    # With running figures of mean 0 and variance 1, batch norm is the identity but for epsilon.
    x, t = np.random.default_rng(0).normal(size=(5, 4)), np.array([0, 1, 2, 1, 0])
    noisy.loss_and_gradient(x, t)
    noisy.buffers.view("batch_norm1.mean")[...], noisy.buffers.view("batch_norm1.variance")[...] = 0, 1
    np.testing.assert_allclose(noisy.sensitivities(x, t).by_input, plain.sensitivities(x, t).by_input, rtol=1e-4)


@pytest.mark.parametrize("tied", [False, True])
def test_an_autoencoder_is_asked_about_its_own_inputs(tied: bool):
    settings = MODELS["autoencoder"](layers=(Dense(3), Tanh(), Code(), Dense(6)), tied=tied)
    model = settings.build((2, 3, 1), None, dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(1, 2, 3, 1))
    seen = model.sensitivities(x, np.array([0]))
    assert seen.loss == pytest.approx(model.evaluate(x, np.array([0]))[0].loss)
    np.testing.assert_allclose(seen.by_output[-1], 2 * (seen.outputs[-1] - x.reshape(1, 6)) / 6)


def test_many_sizes_of_batches_one_after_the_other():
    model = STACKS[0].build()
    for count in (1, 5, 2):
        inputs, targets = STACKS[0].batch(count)
        np.testing.assert_array_equal(
            model.sensitivities(inputs, targets).by_input, STACKS[0].build().sensitivities(inputs, targets).by_input
        )
