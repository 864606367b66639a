"""The fused path of training is held equal to the layers it takes the place of."""

from unittest import mock

import numpy as np
import pytest

from nnlab.models import pooling_band
from nnlab.models.arrays import Array, Shape
from nnlab.models.fused import FusedConvPool, fuse
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import ReLU, Tanh
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.pool2d import AveragePool2D, MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.sequence import layer_shapes
from nnlab.models.layers.shape import Flatten
from nnlab.models.layers.upsample2d import UpSample2D
from nnlab.models.losses import LOSSES
from nnlab.models.network import Network
from tests.models.cases import batch_innermost

GEOMETRIES = [
    (Conv2D(3), (6, 6, 1)),
    (Conv2D(3), (7, 9, 2)),
    (Conv2D(2, kernel=2), (6, 5, 3)),
    (Conv2D(4, kernel=1), (4, 4, 2)),
    (Conv2D(3, padding="same"), (6, 8, 2)),
    (Conv2D(3, kernel=4, padding="same"), (5, 7, 1)),
    (Conv2D(2, kernel=5, padding="1"), (5, 6, 2)),
]


def network(layers: tuple[Layer, ...], shape: Shape) -> Network:
    """With biases away from zero, in double precision."""
    model = Network(layers, shape, LOSSES["mean_squared_error"], None, 1, np.float64)
    model.parameters.values += np.random.default_rng(2).normal(0, 0.3, model.parameters.size)
    return model


def layer_by_layer(model: Network, inputs: Array, targets: Array) -> tuple[float, Array, Array]:
    """Loss, gradient and input gradient with every layer taking its own turn."""
    works = model._make_workspaces(model.parameters.gradient)
    x = inputs
    for layer, work in zip(model.layers, works, strict=False):
        work.x, work.input_gradient_wanted = x, True
        x = work.y = layer.forward(x, work)
    loss = model.loss.forward(x, targets, works[-1]).loss
    gradient = model.loss.backward(x, targets, works[-1])
    for layer, work in reversed(list(zip(model.layers, works, strict=False))):
        gradient = layer.backward(gradient, work)
    return loss, model.parameters.gradient.copy(), gradient


@pytest.mark.parametrize("order", [np.ascontiguousarray, batch_innermost], ids=["by example", "by feature"])
@pytest.mark.parametrize(("conv", "shape"), GEOMETRIES, ids=str)
def test_training_through_the_fused_path_gives_what_the_layers_give(conv: Conv2D, shape: Shape, order):
    # A convolution in front, so that the fused one has to pass a gradient on.
    layers = (Conv2D(shape[2], kernel=3, padding="same"), Tanh(), conv, ReLU(), MaxPool2D(), Flatten(), Dense(2))
    model, rng = network(layers, shape), np.random.default_rng(0)
    inputs, targets = order(rng.normal(size=(5, *shape))), rng.normal(size=(5, 2))
    loss, gradient, _ = layer_by_layer(model, inputs, targets)
    model.parameters.gradient[...] = np.nan
    assert model.loss_and_gradient(inputs, targets).loss == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(model.parameters.gradient, gradient, rtol=1e-9, atol=1e-12)


TWO_BLOCKS = [
    ((Conv2D(3), ReLU(), MaxPool2D(), Conv2D(2), ReLU(), MaxPool2D()), (10, 12, 1)),
    ((Conv2D(3, padding="same"), ReLU(), MaxPool2D(), Conv2D(4, padding="same"), ReLU(), MaxPool2D()), (9, 7, 2)),
    ((Conv2D(2, kernel=5, padding="2"), ReLU(), MaxPool2D(), Conv2D(3, kernel=2), ReLU(), MaxPool2D()), (7, 11, 3)),
    ((Conv2D(2, kernel=1), ReLU(), MaxPool2D(), Conv2D(2, kernel=4, padding="same"), ReLU(), MaxPool2D()), (5, 6, 1)),
]


@pytest.mark.parametrize("count", [1, 2, 7])
@pytest.mark.parametrize(("layers", "shape"), TWO_BLOCKS, ids=lambda value: str(value) if isinstance(value[0], int) else "")
def test_two_blocks_hand_on_the_gradient_that_the_layers_would(layers: tuple[Layer, ...], shape: Shape, count: int):
    model, rng = network(layers, shape), np.random.default_rng(count)
    inputs = rng.normal(size=(count, *shape))
    targets = rng.normal(size=(count, *model.output_shape))
    loss, gradient, dx = layer_by_layer(model, inputs, targets)
    works = model._make_workspaces(model.parameters.gradient)
    works[0].input_gradient_wanted = True
    chain = fuse(layers, works, (shape, *model.shapes))
    assert len(chain) == 2
    x = inputs
    for layer, work in chain:
        work.x = x
        x = work.y = layer.forward(x, work)
    assert model.loss.forward(x, targets, works[-1]).loss == pytest.approx(loss, rel=1e-12)
    model.parameters.gradient[...] = np.nan
    dy = model.loss.backward(x, targets, works[-1])
    for layer, work in reversed(chain):
        dy = layer.backward(dy, work)
    np.testing.assert_allclose(model.parameters.gradient, gradient, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(dy, dx, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize(("layers", "shape"), TWO_BLOCKS, ids=lambda value: str(value) if isinstance(value[0], int) else "")
def test_in_however_many_bands_the_bits_are_the_same(layers: tuple[Layer, ...], shape: Shape, count: int):
    rng, gradients = np.random.default_rng(4), []
    inputs, targets = rng.normal(size=(count, *shape)), rng.normal(size=(count, *layer_shapes(layers, shape)[-1]))
    for size in (1, 4 * 3 * 3 * count * 8 * 2, 10**9):
        with mock.patch.object(pooling_band, "_BYTES", size):
            model = network(layers, shape)
            gradients.append((model.loss_and_gradient(inputs, targets).loss, model.parameters.gradient.tobytes()))
    assert gradients[0] == gradients[1] == gradients[2]


def test_bands_are_as_high_as_fits_and_at_least_one_row():
    with mock.patch.object(pooling_band, "_BYTES", 1000):
        assert [pooling_band.rows_per_band(13, row) for row in (10, 100, 200, 400, 5000)] == [13, 13, 5, 3, 1]


def test_what_is_pooled_lies_in_memory_as_flatten_wants_it_and_gradients_as_it_gives_them():
    model = network((Conv2D(3), ReLU(), MaxPool2D(), Flatten(), Dense(2)), (6, 8, 1))
    model.loss_and_gradient(np.random.default_rng(0).normal(size=(4, 6, 8, 1)), np.ones((4, 2)))
    (_, convolved), (_, flattened), _ = model._chains[4]
    assert np.shares_memory(flattened.y, convolved.y)
    assert not {"y", "dx"} & set(flattened._arrays)


def test_where_no_unit_of_a_patch_is_active_nothing_is_learned_from_it():
    model = network((Conv2D(2), ReLU(), MaxPool2D()), (6, 6, 1))
    model.parameters.view("conv2d1.bias")[...] = -100
    inputs, targets = np.ones((3, 6, 6, 1)), np.ones((3, 2, 2, 2))
    assert model.loss_and_gradient(inputs, targets).loss == pytest.approx(1)
    assert not model.parameters.gradient.any()


def test_of_equal_numbers_in_a_patch_the_first_alone_gets_the_gradient_fused_or_not():
    # One weight, one channel: every patch of this picture is one tie of four, three or two.
    model = network((Conv2D(1, kernel=1), ReLU(), MaxPool2D()), (4, 4, 1))
    model.parameters.values[...] = 1
    picture = np.array([[3, 3, 1, 2], [3, 3, 2, 2], [0, 1, 5, 4], [1, 1, 4, 5]], float)
    inputs, targets = picture.reshape(1, 4, 4, 1), np.zeros((1, 2, 2, 1))
    works = model._make_workspaces(model.parameters.gradient)
    works[0].input_gradient_wanted = True
    ((layer, work),) = fuse(model.layers, works, ((4, 4, 1), *model.shapes))
    work.x = inputs
    work.y = layer.forward(inputs, work)
    dx = layer.backward(np.array([[10.0, 20], [30, 40]]).reshape(1, 2, 2, 1), work)
    np.testing.assert_array_equal(dx[0, ..., 0], [[10, 0, 0, 20], [0, 0, 0, 0], [0, 30, 40, 0], [0, 0, 0, 0]])
    np.testing.assert_array_equal(np.sign(layer_by_layer(model, inputs, targets)[2]), np.sign(dx))


def test_prediction_goes_layer_by_layer_and_says_the_same():
    model = network((Conv2D(3), ReLU(), MaxPool2D(), Flatten(), Dense(2)), (6, 6, 1))
    inputs = np.random.default_rng(0).normal(size=(4, 6, 6, 1))
    outputs = model.predict(inputs).copy()
    loss = np.mean((outputs - 1) ** 2)
    assert model.evaluate(inputs, np.ones((4, 2)))[0].loss == pytest.approx(loss, rel=1e-12)
    assert [activation.shape for activation in model.activations(inputs)] == [(4, *shape) for shape in model.shapes]


@pytest.mark.parametrize(
    ("layers", "fused"),
    [
        ((Conv2D(3), ReLU(), MaxPool2D()), True),
        ((Conv2D(3, stride=2), ReLU(), MaxPool2D()), False),
        ((Conv2D(3), ReLU(), MaxPool2D(3)), False),
        ((Conv2D(3), ReLU(), MaxPool2D(2, stride=1)), False),
        ((Conv2D(3), Tanh(), MaxPool2D()), False),
        ((Conv2D(3), ReLU(), AveragePool2D()), False),
        ((Conv2D(3), MaxPool2D(), ReLU()), False),
        ((Conv2D(3), ReLU()), False),
    ],
    ids=lambda value: "+".join(layer.summary() for layer in value) if isinstance(value, tuple) else str(value),
)
def test_only_what_can_be_fused_is(layers: tuple[Layer, ...], fused: bool):
    shape = (9, 9, 1)
    network = Network(layers, shape, LOSSES["mean_squared_error"])
    works = network._make_workspaces(network.parameters.gradient)
    chain = fuse(layers, works, (shape, *layer_shapes(layers, shape)))
    assert [isinstance(layer, FusedConvPool) for layer, _ in chain] == ([True] if fused else [False] * len(layers))


BLOCK = (Conv2D(3, padding="same"), ReLU(), MaxPool2D())
INSIDE = {
    "side by side": (Parallel((BLOCK, (Conv2D(2, kernel=1), ReLU(), MaxPool2D()))),),
    "added": (Parallel((BLOCK, (MaxPool2D(), Conv2D(3, kernel=1))), "sum"),),
    "around": (Residual((*BLOCK, UpSample2D(), Conv2D(2, kernel=1))),),
    "nested": (Residual((Residual((*BLOCK, UpSample2D(), Conv2D(2, kernel=1))),)),),
}


@pytest.mark.parametrize("first", [(), (Conv2D(2, padding="same"), Tanh())], ids=["of the data", "behind a layer"])
@pytest.mark.parametrize("layers", INSIDE.values(), ids=INSIDE)
def test_inside_of_layers_the_fused_path_gives_what_the_layers_give(layers: tuple[Layer, ...], first: tuple[Layer, ...]):
    shape, rng = (6, 8, 2), np.random.default_rng(0)
    model = network((*first, *layers, Flatten(), Dense(2)), shape)
    inputs, targets = rng.normal(size=(5, *shape)), rng.normal(size=(5, 2))
    loss, gradient, _ = layer_by_layer(model, inputs, targets)
    model.parameters.gradient[...] = np.nan
    with mock.patch.object(FusedConvPool, "forward", autospec=True, side_effect=FusedConvPool.forward) as fused:
        assert model.loss_and_gradient(inputs, targets).loss == pytest.approx(loss, rel=1e-12)
        assert fused.call_count > 0
        np.testing.assert_allclose(model.parameters.gradient, gradient, rtol=1e-9, atol=1e-12)
        fused.reset_mock()
        # Who looks inside sees every layer's own output.
        seen = model.sensitivities(inputs, targets)
        assert fused.call_count == 0
    assert seen.loss == pytest.approx(loss, rel=1e-12)
    assert [output.shape[1:] for output in seen.outputs] == [place.shape for place in model.places]


def test_layers_exchanged_inside_take_their_places_on_the_fused_path_too():
    layers = (Parallel((BLOCK, (*BLOCK, Dropout(0.5)))), Flatten(), Dense(2))
    model, other = network(layers, (6, 6, 1)), network(layers, (6, 6, 1))
    inputs, targets = np.random.default_rng(0).normal(size=(5, 6, 6, 1)), np.ones((5, 2))
    model.loss_and_gradient(inputs, targets)
    changed = (Parallel((BLOCK, (*BLOCK, Dropout(0.0)))), *layers[1:])
    model.exchange_layers(changed)
    expected, _, _ = layer_by_layer(network(changed, (6, 6, 1)), inputs, targets)
    assert model.loss_and_gradient(inputs, targets).loss == pytest.approx(expected, rel=1e-12)
    assert other.loss_and_gradient(inputs, targets).loss != pytest.approx(expected, rel=1e-6)
