"""The inspector's numbers: by hand for 2-2-1, and equal to what a training step on one example computes."""

import math
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nnlab.datasets.split import spread
from nnlab.models.layers import LAYERS
from nnlab.models.layers.activations import ReLU, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.layers.shape import Code, Flatten, Reshape
from nnlab.probes import Selection, look
from nnlab.probes.columns import columns_of
from nnlab.probes.inspector import ExampleInspection, InspectorOptions
from nnlab.probes.parameter import WeightInspection
from nnlab.probes.unit import UnitInspection
from nnlab.training import TrainingRun
from tests.probes.test_network_probe import digits_run
from tests.training.runs import toy_run
from tests.training.two_two_one import B1, W1, W2, ByHand, example_of, two_two_one

CNN = (Conv2D(4, stride=2, padding="same"), ReLU(), LAYERS["max_pool2d"](), Flatten(), Dense(10), Softmax())


def inspect(run: TrainingRun, focus: str, **selection: object):
    return look(run, "inspector", Selection(options=InspectorOptions(focus), **selection)).value


def one_example(run: TrainingRun, place: int) -> tuple[np.ndarray, np.ndarray]:
    inputs, labels = run.data.learning.gather(run.data.split.train[place : place + 1])
    return inputs.copy(), labels.copy()


@pytest.mark.parametrize("unit", [0, 1])
def test_a_hidden_unit_and_its_step_of_backpropagation_by_hand(unit: int):
    run = two_two_one(learning_rate=0.5)
    hand = ByHand.of(*example_of(run, 4))
    seen = inspect(run, "unit", layer="tanh1", unit=unit, example=4)
    assert isinstance(seen, UnitInspection)
    assert (seen.layer, seen.following, seen.activation, seen.tensor) == ("dense1", ("tanh1",), "tanh", "dense1.weight")
    np.testing.assert_allclose(seen.inputs, hand.x, rtol=1e-5)
    np.testing.assert_allclose(seen.incoming, W1[:, unit])
    assert seen.bias == pytest.approx(B1[unit])
    assert seen.z == pytest.approx(hand.z[unit], rel=1e-5)
    assert seen.y == pytest.approx(hand.h[unit], rel=1e-5)
    assert seen.by_output == pytest.approx(hand.by_h[unit], rel=1e-4)
    assert seen.delta == pytest.approx(hand.delta1[unit], rel=1e-4)
    np.testing.assert_allclose(seen.weight_gradient, hand.x * hand.delta1[unit], rtol=1e-4)
    assert seen.next_layer == "dense2"
    np.testing.assert_allclose(seen.next_weights, W2[unit])
    np.testing.assert_allclose(seen.next_deltas, [hand.delta2], rtol=1e-4)
    assert seen.learning_rate == 0.5
    assert not seen.contains_loss


def test_an_output_unit_has_its_delta_from_the_loss():
    run = two_two_one()
    hand = ByHand.of(*example_of(run, 0))
    seen = inspect(run, "unit", layer="dense2", unit=0)
    assert seen.contains_loss
    assert seen.y == pytest.approx(hand.p, rel=1e-5)
    assert seen.delta == pytest.approx(hand.delta2, rel=1e-4)
    np.testing.assert_allclose(seen.weight_gradient, hand.h * hand.delta2, rtol=1e-4)
    assert seen.next_layer == "" and not seen.next_weights.size


def test_a_step_on_one_example_is_the_step_that_is_written_out():
    run = two_two_one(learning_rate=0.5, optimizer="sgd")
    before = inspect(run, "unit", layer="dense1", unit=1, example=2)
    weight, bias = (run.model.parameters.view(f"dense1.{name}").copy() for name in ("weight", "bias"))
    run.model.loss_and_gradient(*one_example(run, 2))
    gradient = run.model.parameters.gradient_view
    np.testing.assert_allclose(before.weight_gradient, gradient("dense1.weight")[:, 1], rtol=1e-5)
    assert before.delta == pytest.approx(gradient("dense1.bias")[1], rel=1e-5)
    np.testing.assert_array_equal(weight, run.model.parameters.view("dense1.weight"))
    np.testing.assert_array_equal(bias, run.model.parameters.view("dense1.bias"))


@pytest.mark.parametrize("unit", range(4))
def test_a_channel_in_numbers(unit: int):
    run = digits_run("cnn", 5, layers=CNN)
    inputs, labels = one_example(run, 3)
    activations = run.model.activations(inputs)
    seen = inspect(run, "unit", layer="conv2d1", unit=unit, example=3)
    np.testing.assert_array_equal(seen.picture, activations[1][0, :, :, unit])
    assert seen.y == seen.picture[seen.place] == seen.picture.max()
    assert seen.z == pytest.approx(activations[0][0][(*seen.place, unit)], rel=1e-4, abs=1e-6)
    np.testing.assert_array_equal(
        seen.incoming.reshape(seen.incoming_shape), run.model.parameters.view("conv2d1.weight")[..., unit]
    )
    run.model.loss_and_gradient(inputs, labels)
    expected = run.model.parameters.gradient_view("conv2d1.weight")[..., unit].ravel()
    np.testing.assert_allclose(seen.weight_gradient, expected, rtol=1e-3, atol=1e-6)
    bias = run.model.parameters.gradient_view("conv2d1.bias")[unit]
    assert seen.bias_gradient == pytest.approx(bias, rel=1e-3, abs=1e-6)


def test_behind_a_bias_a_batch_norm_leaves_it_without_a_gradient():
    layers = (Dense(4), Tanh(), Dense(5), BatchNorm(), Tanh(), Dense(2), Softmax())
    run = toy_run(layers=layers, optimizer="sgd")
    for _ in islice(run, 10):
        bias = run.model.parameters.gradient_view("dense2.bias")
        assert np.abs(bias).max() < 1e-6 < np.abs(run.model.parameters.gradient_view("dense2.weight")).max()
    assert np.abs(run.model.parameters.view("dense2.bias")).max() < 1e-6
    seen = {layer: inspect(run, "unit", layer=layer, unit=1) for layer in ("dense1", "dense2", "dense3")}
    # As in prediction, with one example, there is one: the running figures are constants.
    assert abs(seen["dense2"].delta) > 1e-5
    assert [seen[layer].is_centred for layer in seen] == [False, True, False]
    assert [seen[layer].is_normalized for layer in seen] == [True, True, False]


def test_a_unit_is_watched_over_some_examples_and_its_best_are_kept():
    run = digits_run("mlp", 5, layers=(Dense(12), ReLU(), Dense(10), Softmax()))
    seen = inspect(run, "unit", layer="dense1", unit=7, part="validation")
    index = run.data.split.validation
    inputs = run.data.learning.gather(spread(index, len(seen.watched)))[0].copy()
    expected = run.model.activations(inputs)[1][:, 7]
    np.testing.assert_allclose(seen.watched, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(seen.best_values, np.sort(seen.watched)[::-1][:5])
    np.testing.assert_array_equal(seen.best_pictures, run.data.learning.gather(index[seen.best])[0])
    np.testing.assert_array_equal(run.model.activations(seen.best_pictures)[1][:, 7], seen.best_values)


def test_a_channel_is_watched_at_its_largest():
    run = digits_run("cnn", 2, layers=CNN)
    seen = inspect(run, "unit", layer="conv2d1", unit=2)
    inputs = run.data.learning.gather(spread(run.data.split.train, len(seen.watched)))[0].copy()
    np.testing.assert_allclose(seen.watched, run.model.activations(inputs)[1][..., 2].max(axis=(1, 2)), rtol=1e-5)


def test_units_of_a_machine_and_their_contrastive_step():
    run = digits_run("rbm", 4, hidden=6)
    machine, (v0, _) = run.model, one_example(run, 5)
    v0 = v0.reshape(1, 64)
    q0 = machine.hidden_probabilities(v0)
    v1 = machine.visible_means(q0)
    q1 = machine.hidden_probabilities(v1)
    cd = -(v0.T @ q0 - v1.T @ q1)
    hidden = inspect(run, "unit", layer="rbm", unit=2, example=5)
    assert hidden.is_machine and hidden.bias_tensor == "rbm.hidden_bias"
    assert hidden.y == pytest.approx(q0[0, 2], rel=1e-5)
    assert 1 / (1 + math.exp(-hidden.z)) == pytest.approx(hidden.y, rel=1e-5)
    np.testing.assert_allclose(hidden.weight_gradient, cd[:, 2], atol=1e-6)
    for layer in ("input", "reconstruction"):
        visible = inspect(run, "unit", layer=layer, unit=20, example=5)
        assert visible.is_transposed and visible.bias_tensor == "rbm.visible_bias"
        assert visible.y == pytest.approx(v1[0, 20], rel=1e-5)
        np.testing.assert_array_equal(visible.incoming, machine.weight[20])
        np.testing.assert_allclose(visible.weight_gradient, cd[20], atol=1e-6)
        assert visible.by_output == pytest.approx(v1[0, 20] - v0[0, 20], abs=1e-6)


def test_a_weight_after_a_step_is_what_it_was_and_its_update():
    run = toy_run(learning_rate=0.1, optimizer="sgd")
    where = ("dense1.weight", (1, 3))
    before = inspect(run, "weight", weight=where)
    assert isinstance(before, WeightInspection)
    assert math.isnan(before.gradient) and math.isnan(before.update)
    next(run)
    after = inspect(run, "weight", weight=where)
    assert after.value == run.model.parameters.view("dense1.weight")[1, 3]
    assert after.value == pytest.approx(before.value + after.update, rel=1e-5)
    assert after.update == pytest.approx(-0.1 * after.gradient, rel=1e-5)
    assert after.gradient == run.model.parameters.gradient_view("dense1.weight")[1, 3]


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad"])
def test_the_update_is_that_of_every_optimizer(optimizer: str):
    run = toy_run(learning_rate=0.01, optimizer=optimizer, l2=0.01)
    list(islice(run, 3))
    before = inspect(run, "weight", weight=("dense1.weight", (0, 2))).value
    next(run)
    after = inspect(run, "weight", weight=("dense1.weight", (0, 2)))
    assert after.value - before == pytest.approx(after.update, rel=1e-3, abs=1e-7)


def test_a_weight_knows_the_gradient_of_the_selected_example_alone():
    run = two_two_one()
    hand = ByHand.of(*example_of(run, 6))
    seen = inspect(run, "weight", weight=("dense1.weight", (1, 0)), example=6)
    assert seen.example_gradient == pytest.approx(hand.x[1] * hand.delta1[0], rel=1e-4)
    assert (seen.siblings[seen.place], seen.value) == (np.float32(W1[1, 0]),) * 2
    assert inspect(run, "weight", weight=("dense1.bias", (1,)), example=6).example_gradient == pytest.approx(hand.delta1[1])


def test_a_convolutions_weight_lies_where_its_place_says():
    run = digits_run("cnn", 1, layers=CNN)
    seen = inspect(run, "weight", weight=("conv2d1.weight", (2, 1, 0, 3)))
    assert seen.siblings.size == 9 and seen.siblings[seen.place] == seen.value
    assert seen.value == run.model.parameters.view("conv2d1.weight")[2, 1, 0, 3]


def test_an_example_with_its_probabilities_and_saliency():
    run = digits_run("mlp", 10, layers=(Dense(12), Tanh(), Dense(10), Softmax()))
    inputs, labels = one_example(run, 8)
    seen = inspect(run, "example", example=8)
    assert isinstance(seen, ExampleInspection)
    np.testing.assert_array_equal(seen.inputs, inputs[0])
    np.testing.assert_allclose(seen.outputs, run.model.predict(inputs)[0], rtol=1e-6)
    assert (seen.label, seen.predicted) == (labels[0], seen.outputs.argmax())
    assert seen.loss == pytest.approx(-math.log(seen.outputs[labels[0]]), rel=1e-4)
    model = run.model.replica(np.float64)
    for pixel in ((2, 3, 0), (4, 4, 0)):
        moved = [inputs.astype(float) for _ in range(2)]
        moved[0][(0, *pixel)] += 1e-5
        moved[1][(0, *pixel)] -= 1e-5
        slope = (model.evaluate(moved[0], labels)[0].loss - model.evaluate(moved[1], labels)[0].loss) / 2e-5
        assert seen.saliency[pixel] == pytest.approx(slope, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [("autoencoder", {"layers": (Dense(4), Code(), Dense(64))}), ("deep_belief", {"hidden": (6, 3)})],
)
def test_an_example_with_its_reconstruction(kind: str, settings: dict):
    run = digits_run(kind, 2, **settings)
    inputs, _ = one_example(run, 0)
    seen = inspect(run, "example")
    np.testing.assert_allclose(seen.reconstruction.ravel(), run.model.reconstruct(inputs).ravel(), rtol=1e-5)
    assert not seen.outputs.size and seen.predicted == -1


def test_an_example_of_a_machine_has_a_free_energy_and_its_slope():
    run = digits_run("rbm", 3, hidden=6)
    (v, _), seen = one_example(run, 1), inspect(run, "example", example=1)
    machine = run.model.replica(np.float64)
    v = v.astype(float)
    assert dict(seen.figures)["free energy"] == pytest.approx(machine.free_energy(v)[0], rel=1e-5)
    moved = [v.copy(), v.copy()]
    moved[0][0, 4, 4, 0] += 1e-5
    moved[1][0, 4, 4, 0] -= 1e-5
    slope = (machine.free_energy(moved[0])[0] - machine.free_energy(moved[1])[0]) / 2e-5
    assert seen.saliency[4, 4, 0] == pytest.approx(slope, rel=1e-4)


@pytest.mark.parametrize(
    ("focus", "selection"),
    [
        ("unit", {"layer": "dense9", "unit": 0}),
        ("unit", {"layer": "dense1", "unit": 6}),
        ("unit", {"layer": "dense1", "unit": -1}),
        ("weight", {}),
        ("weight", {"weight": ("dense1.weight", (0, 6))}),
        ("weight", {"weight": ("dense1.weight", (0,))}),
        ("weight", {"weight": ("conv2d1.weight", (0, 0, 0, 0))}),
    ],
)
def test_what_is_not_there_stands_for_the_example(focus: str, selection: dict):
    assert isinstance(inspect(toy_run(), focus, **selection), ExampleInspection)


RUNS = {
    "plane": lambda: toy_run(layers=(Dense(3), BatchNorm(), ReLU(), Dense(2), Softmax())),
    "unfused": lambda: toy_run(layers=(Dense(3), Softmax(), Dense(2), Softmax()), loss="mean_squared_error"),
    "cnn": lambda: digits_run("cnn", layers=CNN),
    "folded": lambda: digits_run(
        "autoencoder", layers=(Dense(8), Code(), Dense(32), Reshape((4, 4, 2)), Flatten(), Dense(64))
    ),
    "tied": lambda: digits_run("autoencoder", layers=(Dense(4), Tanh(), Code(), Dense(64)), tied=True),
    "deep_belief": lambda: digits_run("deep_belief", hidden=(6, 3)),
    "rbm": lambda: digits_run("rbm", hidden=6),
    "gaussian": lambda: digits_run("rbm", hidden=6, visible_units="gaussian"),
    "linear_svm": lambda: digits_run("linear_svm"),
}


@pytest.mark.parametrize("nan", [False, True])
@pytest.mark.parametrize("name", RUNS)
def test_every_column_of_every_model_can_be_inspected(name: str, nan: bool):
    run = RUNS[name]()
    next(run)
    if nan:
        run.model.parameters.values[...] = np.nan
    for column in columns_of(run.model, run.data.dataset.example_shape):
        for unit in (0, column.units - 1):
            seen = inspect(run, "unit", layer=column.name, unit=unit)
            assert isinstance(seen, UnitInspection)
            if column.tensor and not nan and not column.has_channels:
                assert seen.z == pytest.approx(float(seen.inputs @ seen.incoming + seen.bias))
    assert isinstance(inspect(run, "example"), ExampleInspection)


def test_data_without_classes_predicts_none():
    run = digits_run("autoencoder", layers=(Dense(4), Code(), Dense(64)))
    run.data = replace(run.data, dataset=replace(run.data.dataset, targets=None))
    assert (inspect(run, "example").label, inspect(run, "example").predicted) == (-1, -1)


def test_tied_weights_gather_the_gradients_of_both_layers():
    run = RUNS["tied"]()
    inputs, labels = one_example(run, 3)
    model, where = run.model.replica(np.float64), (20, 2)
    weight = model.parameters.view("dense1.weight")
    losses = []
    for change in (1e-5, -2e-5):
        weight[where] += change
        losses.append(model.evaluate(inputs.astype(float), labels)[0].loss)
    slope = (losses[0] - losses[1]) / 2e-5
    seen = inspect(run, "weight", weight=("dense1.weight", where), example=3)
    assert seen.example_gradient == pytest.approx(slope, rel=1e-3)
    encoder = inspect(run, "unit", layer="dense1", unit=2, example=3)
    assert encoder.is_shared
    assert encoder.weight_gradient[20] == pytest.approx(slope, rel=1e-3)
    assert encoder.inputs[20] * encoder.delta != pytest.approx(slope, rel=1e-2)
    decoder = inspect(run, "unit", layer="dense2", unit=20, example=3)
    assert decoder.weight_gradient[2] == pytest.approx(slope, rel=1e-3)


def test_while_a_stack_is_pretrained_a_unit_says_how_it_learns():
    run = digits_run("deep_belief", hidden=(6, 3), pretrain_epochs=1)
    said = [inspect(run, "unit", layer=f"dense{layer}", unit=0).pretraining for layer in (1, 2, 3, 4)]
    assert said == ["contrastive divergence", "frozen", "frozen", "contrastive divergence"]
    run = digits_run("deep_belief", hidden=(6, 3), pretrain_epochs=0)
    assert inspect(run, "unit", layer="dense1", unit=0).pretraining == ""
    assert inspect(RUNS["rbm"](), "unit", layer="rbm", unit=0).pretraining == ""


def test_saliency_is_by_the_input_and_not_by_what_a_norm_makes_of_it():
    run = toy_run(layers=(BatchNorm(), Dense(2), Softmax()))
    list(islice(run, 10))
    found = inspect(run, "example", example=3)
    inputs, label = one_example(run, 3)
    for place, slope in enumerate(found.saliency):
        nudged = np.repeat(inputs, 2, axis=0)
        nudged[:, place] += (0.01, -0.01)
        up, down = (run.model.evaluate(row[None], label)[0].loss for row in nudged)
        assert slope == pytest.approx((up - down) / 0.02, rel=0.02)


def test_behind_a_norm_an_input_is_no_longer_the_data_scaled():
    run = toy_run(layers=(BatchNorm(), Dense(2), Softmax()))
    for layer in ("input", "dense1"):
        found = inspect(run, "unit", layer=layer, unit=0)
        assert found.scaling == "" and not found.raw.size
    assert inspect(run, "unit", layer="input", unit=0).following == ("batch_norm1",)
    run = toy_run(layers=(Dropout(0.5), Dense(2), Softmax()))
    assert inspect(run, "unit", layer="input", unit=0).scaling == inspect(run, "example").scaling != ""
