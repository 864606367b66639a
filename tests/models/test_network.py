"""Layers in sequence: shapes, seeds, replicas, and passes that do not disturb each other."""

import numpy as np
import pytest

from nnlab.errors import NnlabError, ShapeError
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.sequence import layer_names, layer_shapes
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.models.losses import LOSSES
from nnlab.models.network import Network
from tests.models.cases import OTHERWISE_IN_TRAINING, STACKS, Stack
from tests.sentences import assert_one_sentence
from tests.targets import numbered

LAYERS = (Dense(6), ReLU(), Dense(4), Tanh(), Dense(3), Softmax())


def network(seed: int = 0, layers=LAYERS, dtype=np.float32) -> Network:
    return Network(layers, (5,), LOSSES["cross_entropy"], numbered(3), seed, dtype)


def batch(count: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 5)).astype(np.float32), rng.integers(0, 3, count)


@pytest.fixture(params=STACKS, ids=str)
def stack(request: pytest.FixtureRequest) -> Stack:
    return request.param


def test_layers_are_named_by_kind_and_number():
    assert layer_names(LAYERS) == ("dense1", "relu1", "dense2", "tanh1", "dense3", "softmax1")


def test_shapes_follow_from_layer_to_layer():
    assert layer_shapes(LAYERS, (5,)) == ((6,), (6,), (4,), (4,), (3,), (3,)) == network().shapes
    assert network().output_shape == (3,)


@pytest.mark.parametrize(
    ("layers", "shape", "words"),
    [
        ((), (5,), ("no layers", "add")),
        ((Dense(3), Softmax()), (8, 8, 1), ("layer 1 (dense1)", "8 x 8 x 1", "flatten")),
        ((Dense(3), ReLU(), Dense(1), Softmax()), (5,), ("layer 4 (softmax1)", "the input is 1")),
        ((Dense(3), ReLU()), (5,), ("cross_entropy", "'relu'", "'softmax'")),
        ((Dense(4), Softmax()), (5,), ("4 outputs", "3 classes", "3 units")),
    ],
)
def test_layers_that_do_not_chain_are_refused_when_the_network_is_made(layers, shape, words):
    with pytest.raises(ShapeError) as caught:
        Network(layers, shape, LOSSES["cross_entropy"], numbered(3))
    assert_one_sentence(caught.value, *words)


def test_the_same_seed_gives_the_same_bits_another_gives_others():
    assert network(1).parameters.values.tobytes() == network(1).parameters.values.tobytes()
    assert network(1).parameters.values.tobytes() != network(2).parameters.values.tobytes()


def test_each_layer_draws_from_a_stream_of_its_own():
    wider = network(layers=(Dense(9), ReLU(), Dense(4), Tanh(), Dense(3), Softmax()))
    assert wider.parameters.view("dense3.weight").tobytes() == network().parameters.view("dense3.weight").tobytes()
    model = network(layers=(Dense(5), ReLU(), Dense(5), ReLU(), Dense(3), Softmax()))
    assert model.parameters.view("dense1.weight").tobytes() != model.parameters.view("dense2.weight").tobytes()


def test_initialize_goes_back_to_the_start():
    model = network()
    start = model.parameters.values.copy()
    model.parameters.values[...] = 5
    model.initialize()
    np.testing.assert_array_equal(model.parameters.values, start)


def test_prediction_is_the_chain_of_layers_by_hand():
    model = network(dtype=np.float64)
    view, (x, _) = model.parameters.view, batch()
    hidden = np.maximum(x @ view("dense1.weight") + view("dense1.bias"), 0)
    hidden = np.tanh(hidden @ view("dense2.weight") + view("dense2.bias"))
    scores = np.exp(hidden @ view("dense3.weight") + view("dense3.bias"))
    np.testing.assert_allclose(model.predict(x.astype(np.float64)), scores / scores.sum(axis=1, keepdims=True), rtol=1e-6)


def test_activations_are_every_layers_output_and_ones_own():
    model, (x, _) = network(), batch()
    activations = model.activations(x)
    assert [a.shape for a in activations] == [(8, *shape) for shape in model.shapes]
    before = [a.copy() for a in activations]
    model.predict(batch(seed=1)[0])
    for kept, expected in zip(activations, before, strict=True):
        np.testing.assert_array_equal(kept, expected)
    np.testing.assert_array_equal(activations[-1], network().predict(x))


def test_a_replica_predicts_the_same_and_shares_nothing():
    model, (x, _) = network(), batch()
    model.parameters.values += 0.1
    copy = model.replica()
    np.testing.assert_array_equal(copy.predict(x), model.predict(x))
    assert not np.shares_memory(copy.parameters.values, model.parameters.values)
    before = model.predict(x).copy()
    copy.parameters.values[...] = 0
    np.testing.assert_array_equal(model.predict(x), before)


def test_a_replica_in_double_precision_holds_the_same_numbers():
    model = network()
    copy = model.replica(np.float64)
    assert copy.parameters.dtype == np.float64
    np.testing.assert_array_equal(copy.parameters.values, model.parameters.values)
    assert copy.predict(batch()[0].astype(np.float64)).dtype == np.float64


def test_pictures_go_into_dense_layers_as_rows():
    model = MLPSettings((Dense(3), Softmax())).build((2, 3, 1), numbered(3))
    pictures = np.random.default_rng(0).normal(size=(4, 2, 3, 1)).astype(np.float32)
    np.testing.assert_array_equal(model.predict(pictures), model.replica().predict(pictures.reshape(4, 6)))


@pytest.mark.parametrize("stack", [stack for stack in STACKS if stack.hidden not in OTHERWISE_IN_TRAINING], ids=str)
def test_evaluation_and_training_see_the_same_loss(stack: Stack):
    model, (inputs, targets) = stack.build(), stack.batch()
    judged, predictions = model.evaluate(inputs, targets)
    assert judged == model.loss_and_gradient(inputs, targets)
    if stack.end.classes:
        assert judged.score_sum == np.count_nonzero(predictions == targets)


def test_evaluation_names_the_class_that_prediction_names(stack: Stack):
    model, (inputs, targets) = stack.build(), stack.batch()
    predictions, outputs = model.evaluate(inputs, targets)[1], model.predict(inputs)
    expected = outputs[:, 0] > 0.5 if outputs.shape[1] == 1 else outputs.argmax(axis=1)
    np.testing.assert_array_equal(predictions, expected)


def test_what_is_drawn_in_a_step_depends_on_its_number_alone():
    stack = next(stack for stack in STACKS if stack.hidden == "noisy")
    model, other, (inputs, targets) = stack.build(), stack.build(), stack.batch()
    first = model.loss_and_gradient(inputs, targets, 3), model.parameters.gradient.tobytes()
    assert model.loss_and_gradient(inputs, targets, 4) != first[0]
    model.predict(inputs)
    assert (model.loss_and_gradient(inputs, targets, 3), model.parameters.gradient.tobytes()) == first
    assert (other.loss_and_gradient(inputs, targets, 3), other.parameters.gradient.tobytes()) == first


def test_what_a_layer_charges_is_part_of_the_loss_in_training_alone():
    layers = (Dense(4), Sigmoid(), KLSparsity(0.05, 2.0), ActivityL1(0.1), Dense(3), Softmax())
    free = network(layers=(*layers[:2], KLSparsity(0.05, 0.0), ActivityL1(0.0), *layers[4:]))
    charged, (inputs, targets) = network(layers=layers), batch()
    activity = charged.activations(inputs)[1].astype(np.float64)
    mean = activity.mean(axis=0)
    charge = 2 * (0.05 * np.log(0.05 / mean) + 0.95 * np.log(0.95 / (1 - mean))).sum() + 0.1 * activity.sum() / 8
    free_loss, charged_loss = (model.loss_and_gradient(inputs, targets).loss for model in (free, charged))
    assert charged_loss - free_loss == pytest.approx(charge, rel=1e-4)
    assert charged.evaluate(inputs, targets)[0] == free.evaluate(inputs, targets)[0]


def test_a_pass_leaves_inputs_targets_and_parameters_alone(stack: Stack):
    model, (inputs, targets) = stack.build(), stack.batch()
    inputs.flags.writeable = targets.flags.writeable = False
    before = model.parameters.values.copy()
    model.loss_and_gradient(inputs, targets)
    model.predict(inputs)
    model.evaluate(inputs, targets)
    np.testing.assert_array_equal(model.parameters.values, before)


def test_evaluation_leaves_the_gradient_alone(stack: Stack):
    model, (inputs, targets) = stack.build(), stack.batch()
    model.loss_and_gradient(inputs, targets)
    before = model.parameters.gradient.copy()
    model.evaluate(inputs + 1, targets)
    model.predict(inputs + 1)
    np.testing.assert_array_equal(model.parameters.gradient, before)


# Noise is drawn otherwise in another precision.
@pytest.mark.parametrize("stack", [stack for stack in STACKS if stack.hidden != "noisy"], ids=str)
def test_single_precision_agrees_with_double(stack: Stack):
    single, double, (inputs, targets) = stack.build(np.float32), stack.build(np.float64), stack.batch()
    double.parameters.values[...] = single.parameters.values
    targets32 = targets if stack.end.classes else targets.astype(np.float32)
    loss32 = single.loss_and_gradient(inputs.astype(np.float32), targets32).loss
    assert loss32 == pytest.approx(double.loss_and_gradient(inputs, targets).loss, rel=1e-5)
    scale = np.abs(double.parameters.gradient).max()
    np.testing.assert_allclose(single.parameters.gradient, double.parameters.gradient, rtol=1e-3, atol=1e-4 * scale)


def test_batches_of_many_sizes_between_each_other_change_nothing():
    model = network()
    for count in (8, 3, 1, 8, 5, 4, 2, 7, 6, 9, 8, 3):
        inputs, targets = batch(count, seed=count)
        fresh = network()
        assert model.loss_and_gradient(inputs, targets) == fresh.loss_and_gradient(inputs, targets)
        np.testing.assert_array_equal(model.parameters.gradient, fresh.parameters.gradient)
        np.testing.assert_array_equal(model.predict(inputs), fresh.predict(inputs))


def test_a_prediction_between_steps_changes_no_gradient():
    model, (inputs, targets) = network(), batch()
    model.loss_and_gradient(inputs, targets)
    expected = model.parameters.gradient.copy()
    model.predict(inputs + 3)
    model.loss_and_gradient(inputs, targets)
    np.testing.assert_array_equal(model.parameters.gradient, expected)


def test_a_loss_that_fits_no_layer_is_told_before_any_training():
    with pytest.raises(NnlabError, match="binary_cross_entropy"):
        MLPSettings((Dense(3), Softmax()), "binary_cross_entropy").build((5,), numbered(3))
