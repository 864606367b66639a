"""The numbers of the network diagram: by hand for 2-2-1, and the model's own for every kind."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.models import MODELS
from nnlab.models.layers import LAYERS
from nnlab.models.layers.activations import ReLU, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.layers.shape import Code, Flatten
from nnlab.probes import Selection, look
from nnlab.probes.network import FIELD_SIZE, MOST_LINES
from nnlab.training import TrainingRun, TrainingSettings, prepare_data
from tests.targets import numbered
from tests.training.runs import toy_run
from tests.training.two_two_one import B1, W1, W2, ByHand, example_of, two_two_one


def digits_run(kind: str, steps: int = 0, **settings: object) -> TrainingRun:
    data = prepare_data(load_dataset(DatasetSettings()), DatasetSettings())
    model = MODELS[kind](**settings).build((8, 8, 1), numbered(10))
    run = TrainingRun(model, data, TrainingSettings(batch_size=64, learning_rate=0.01))
    list(islice(run, steps))
    return run


def seen(run: TrainingRun, **selection: object):
    return look(run, "network", Selection(**selection)).value


@pytest.mark.parametrize("example", [0, 7])
def test_two_two_one_by_hand(example: int):
    run = two_two_one()
    x, label = example_of(run, example)
    hand, picture = ByHand.of(x, label), seen(run, example=example)
    assert picture.label == label
    for place, expected in enumerate((hand.x, hand.h, [hand.p])):
        np.testing.assert_allclose(picture.numbers(place), expected, rtol=1e-5)
    by_x = W1 @ hand.delta1
    for place, expected in enumerate((by_x, hand.by_h, [hand.delta2])):
        np.testing.assert_allclose(picture.numbers(place, gradients=True), expected, rtol=1e-4, atol=1e-7)
    assert picture.lines(0) is None
    np.testing.assert_allclose(picture.lines(1), W1)
    np.testing.assert_allclose(picture.lines(2), W2)
    np.testing.assert_allclose(picture.lines(1, gradients=True), np.outer(hand.x, hand.delta1), rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(picture.lines(2, gradients=True), np.outer(hand.h, hand.delta2), rtol=1e-4, atol=1e-7)
    assert picture.loss == pytest.approx(-np.log(hand.p if label else 1 - hand.p), rel=1e-5)


def test_every_unit_is_shown_over_the_plane():
    run = two_two_one()
    picture = seen(run)
    left, right, bottom, top = picture.extent
    assert picture.field_starts == (0, 2, 4)
    assert picture.fields.shape == (5, FIELD_SIZE, FIELD_SIZE)
    for row, column in ((0, 0), (0, 23), (23, 0), (5, 17)):
        x = np.array([left + (right - left) * column / 23, bottom + (top - bottom) * row / 23])
        scaled = x * run.data.scaling.factor + run.data.scaling.offset
        hidden = np.tanh(scaled @ W1 + B1)
        np.testing.assert_allclose(picture.fields[:2, row, column], scaled, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(picture.fields[2:4, row, column], hidden, rtol=1e-3, atol=1e-5)


def test_the_example_lies_where_it_lies():
    run = two_two_one()
    np.testing.assert_allclose(seen(run, example=3).point, run.data.dataset.train.inputs[run.data.split.train[3]], rtol=1e-4)


def test_gradients_that_a_convolution_sends_back_are_those_of_the_network():
    run = digits_run("cnn", 3, layers=(Conv2D(4), ReLU(), LAYERS["max_pool2d"](), Flatten(), Dense(10), Softmax()))
    picture = seen(run, example=2)
    position = run.data.split.train[2:3]
    inputs, labels = (part.copy() for part in run.data.learning.gather(position))
    expected = run.model.sensitivities(inputs, labels)
    np.testing.assert_array_equal(picture.numbers(0), inputs[0])
    np.testing.assert_array_equal(picture.numbers(1), expected.outputs[1][0])
    np.testing.assert_array_equal(picture.numbers(1, gradients=True), expected.by_output[1][0])
    np.testing.assert_array_equal(picture.numbers(3), expected.outputs[-1][0])
    np.testing.assert_array_equal(picture.numbers(3, gradients=True), expected.by_output[-1][0])
    np.testing.assert_array_equal(picture.numbers(0, gradients=True), expected.by_input[0])


@pytest.mark.slow
def test_of_very_many_channels_and_units_the_first_are_shown():
    run = digits_run("cnn", layers=(Conv2D(100), ReLU(), Flatten(), Dense(5000), ReLU(), Dense(10), Softmax()))
    picture = seen(run)
    activations = run.model.activations(run.data.learning.gather(run.data.split.train[:1])[0])
    assert picture.totals == (64, 100, 5000, 10)
    shown = picture.numbers(1)
    assert shown.shape == (6, 6, 64)
    np.testing.assert_array_equal(shown, activations[1][0, :, :, :64])
    few = picture.numbers(2)
    np.testing.assert_array_equal(few, activations[4][0, : len(few)])
    assert len(few) < 5000


def test_lines_are_for_few_weights_and_the_strongest_of_the_selected_unit_for_many():
    run = digits_run("mlp", 5, layers=(Dense(40), ReLU(), Dense(10), Softmax()))
    assert 64 * 40 > MOST_LINES >= 40 * 10
    picture = seen(run, layer="relu1", unit=3)
    weight = run.model.parameters.view("dense1.weight")[:, 3]
    assert picture.line_starts == (-1, -1, 0)
    np.testing.assert_array_equal(picture.strongest_weights, weight[picture.strongest])
    others = np.setdiff1d(np.arange(64), picture.strongest)
    assert np.abs(weight[others]).max() <= np.abs(picture.strongest_weights).min()
    assert not len(seen(run, layer="relu1", unit=40).strongest)


def test_a_machine_goes_up_and_down_by_probabilities():
    run = digits_run("rbm", 4, hidden=6)
    picture, machine = seen(run, example=1), run.model
    v0 = run.data.learning.gather(run.data.split.train[1:2])[0].reshape(1, 64).copy()
    q0 = 1 / (1 + np.exp(-(v0 @ machine.weight + machine.hidden_bias)))
    v1 = 1 / (1 + np.exp(-(q0 @ machine.weight.T + machine.visible_bias)))
    q1 = 1 / (1 + np.exp(-(v1 @ machine.weight + machine.hidden_bias)))
    assert (picture.loss_title, picture.loss) == ("reconstruction error", pytest.approx(np.square(v1 - v0).mean()))
    for place, expected in enumerate((v0, q0, v1)):
        np.testing.assert_allclose(picture.numbers(place).ravel(), expected[0], rtol=1e-4)
    np.testing.assert_allclose(picture.numbers(1, gradients=True), (q1 - q0)[0], atol=1e-5)
    np.testing.assert_allclose(picture.lines(1), machine.weight)
    np.testing.assert_allclose(picture.lines(2), machine.weight.T)
    cd = -(v0.T @ q0 - v1.T @ q1)
    np.testing.assert_allclose(picture.lines(1, gradients=True), cd, atol=1e-5)
    np.testing.assert_allclose(picture.lines(2, gradients=True), cd.T, atol=1e-5)


@pytest.mark.parametrize(("visible", "words"), [("bernoulli", "probabilities"), ("gaussian", "means")])
def test_a_machine_shows_the_means_of_its_visible_units_and_calls_only_shares_probabilities(visible: str, words: str):
    _, hidden, again = seen(digits_run("rbm", 1, hidden=6, visible_units=visible)).columns
    assert (hidden.conditional, hidden.words) == ("p(h|v)", ("probabilities",))
    assert (again.conditional, again.words) == ("p(v|h)", (words,))


def test_a_stack_says_which_machine_learns():
    run = digits_run("deep_belief", 1, hidden=(8, 4), pretrain_epochs=1)
    assert seen(run).phase == "pretraining: RBM 1 of 2 learns"
    assert [column.learns for column in seen(run).columns] == [False, True, False, False, True]
    run = digits_run("deep_belief", 1, hidden=(8, 4), pretrain_epochs=0)
    assert seen(run).phase == ""


def test_tied_weights_are_shown_the_way_they_are_used():
    run = digits_run("autoencoder", layers=(Dense(4), Tanh(), Code(), Dense(64)), tied=True)
    np.testing.assert_array_equal(seen(run).lines(2), run.model.parameters.view("dense1.weight").T)


def test_looking_disturbs_neither_running_means_nor_masks():
    layers = (Dense(6), BatchNorm(), Tanh(), Dropout(0.5), Dense(2), Softmax())
    watched, alone = toy_run(layers=layers), toy_run(layers=layers)
    for _ in islice(watched, 30):
        gradient = watched.model.parameters.gradient.copy()
        seen(watched)
        look(watched, "inspector")
        np.testing.assert_array_equal(watched.model.parameters.gradient, gradient)
    list(islice(alone, 30))
    assert watched.model.parameters.values.tobytes() == alone.model.parameters.values.tobytes()
    assert watched.model.buffers.values.tobytes() == alone.model.buffers.values.tobytes()


def test_weights_that_are_not_numbers_are_shown_as_they_are():
    run = two_two_one()
    run.model.parameters.view("dense1.weight")[...] = np.nan
    assert np.isnan(seen(run).numbers(1)).all()
    run.model.parameters.view("dense1.weight")[...] = np.inf
    assert seen(run).columns


def test_data_without_classes_has_no_label():
    run = digits_run("autoencoder", layers=(Dense(4), Code(), Dense(64)))
    run.data = replace(run.data, dataset=replace(run.data.dataset, targets=None))
    assert seen(run).label == -1


@pytest.mark.parametrize(
    ("layers", "loss", "classes"),
    [
        ((Dense(3), Tanh(), Dense(2), Softmax()), "cross_entropy", (0, 1)),
        ((Dense(3), Tanh(), Dense(1), LAYERS["sigmoid"]()), "binary_cross_entropy", (1,)),
    ],
)
def test_outputs_say_which_classes_they_stand_for(layers: tuple[object, ...], loss: str, classes: tuple[int, ...]):
    assert seen(toy_run(layers=layers, loss=loss)).outputs == classes


def test_outputs_of_an_autoencoder_stand_for_no_classes_though_there_are_as_many():
    run = toy_run()
    model = MODELS["autoencoder"](layers=(Dense(3), Code(), Dense(2))).build((2,), numbered(2))
    assert seen(TrainingRun(model, run.data, TrainingSettings())).outputs == ()


def test_the_example_is_given_as_the_data_has_it_too():
    run = digits_run("mlp")
    picture = seen(run, example=3, part="test")
    np.testing.assert_array_equal(picture.raw, run.data.dataset.test.inputs[3])
    np.testing.assert_allclose(picture.numbers(0), picture.raw / 255, rtol=1e-6)
    assert picture.scaling == "scaled to 0 … 1" and picture.names.name(9) == "row 1, column 1"


def test_behind_a_norm_the_inputs_are_no_longer_the_data_scaled():
    picture = seen(toy_run(layers=(BatchNorm(), Dense(2), Softmax())))
    assert picture.scaling == "" and not picture.raw.size
    # What changes nothing while predicting leaves them what they are.
    assert seen(toy_run(layers=(Dropout(0.5), Dense(2), Softmax()))).scaling
