"""What can be seen inside of layers with branches: their units, weights and pictures as those of all other layers."""

import numpy as np
import pytest

from nnlab.models.cnn import CNNSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Flatten
from nnlab.models.mlp import MLPSettings
from nnlab.probes import Selection, look
from nnlab.probes.distributions import histograms
from nnlab.probes.inspector import InspectorOptions
from nnlab.training import TrainingRun
from tests.models.small_runs import digits_run

AROUND = (Dense(6), Tanh(), Residual((Dense(5), Sigmoid(), Dense(6))), ReLU(), Dense(10), Softmax())
BESIDE = (Parallel(((Dense(4), Tanh()), (Dense(3), ReLU()))), Dense(10), Softmax())
PICTURES = (
    *(Conv2D(4, padding="same"), ReLU()),
    *(Residual((Conv2D(4, padding="same"), BatchNorm(), ReLU(), Conv2D(4, padding="same"))), ReLU(), MaxPool2D()),
    *(Parallel(((Conv2D(3, padding="same"), ReLU()), (Conv2D(2, kernel=1),))), Flatten(), Dense(10), Softmax()),
)


def run_of(layers: tuple, steps: int = 3) -> TrainingRun:
    settings = (CNNSettings if layers is PICTURES else MLPSettings)(layers=layers)
    run = digits_run(settings, optimizer="sgd")
    for _ in range(steps):
        next(run)
    return run


def example(run: TrainingRun) -> tuple[np.ndarray, np.ndarray]:
    return tuple(part.copy() for part in run.data.learning.gather(run.data.split.train[:1]))


def outputs_of(run: TrainingRun) -> dict[str, np.ndarray]:
    """Every layer's numbers for the first example, by its name."""
    outputs = run.model.activations(example(run)[0])
    return {place.name: output[0] for place, output in zip(run.model.places, outputs, strict=True)}


def inspect(run: TrainingRun, layer: str, unit: int):
    return look(run, "inspector", Selection(layer=layer, unit=unit, options=InspectorOptions("unit"))).value


def test_the_diagram_has_the_numbers_inside_and_the_weights_from_where_they_lead():
    run = run_of(AROUND)
    picture, seen = look(run, "network", Selection()).value, outputs_of(run)
    names = ["input", "dense1", "residual1.dense1", "residual1.dense2", "residual1", "dense2"]
    assert [column.name for column in picture.columns] == names
    last = ["tanh1", "residual1.sigmoid1", "residual1.dense2", "relu1", "softmax1"]
    for place, name in enumerate(last, 1):
        np.testing.assert_array_equal(picture.numbers(place), seen[name])
    joined = np.tanh(seen["dense1"]) + seen["residual1.dense2"]
    np.testing.assert_allclose(picture.numbers(4), np.maximum(joined, 0), rtol=1e-6)
    np.testing.assert_array_equal(picture.lines(3), run.model.parameters.view("residual1.dense2.weight"))
    assert picture.lines(4) is None
    run.model.loss_and_gradient(*example(run))
    for place, tensor in ((2, "residual1.dense1.weight"), (3, "residual1.dense2.weight"), (5, "dense2.weight")):
        expected = run.model.parameters.gradient_view(tensor)
        np.testing.assert_allclose(picture.lines(place, gradients=True), expected, rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize("unit", range(5))
def test_a_step_of_a_unit_inside_is_the_step_of_training(unit: int):
    run = run_of(AROUND)
    seen = inspect(run, "residual1.dense1", unit)
    assert seen.tensor == "residual1.dense1.weight" and seen.bias_tensor == "residual1.dense1.bias"
    assert seen.equation == "sigmoid(z)" and seen.y == pytest.approx(1 / (1 + np.exp(-seen.z)), rel=1e-5)
    assert seen.next_layer == "residual1.dense2" and not seen.other_readers
    assert seen.by_output == pytest.approx(float(seen.next_weights @ seen.next_deltas), rel=1e-4, abs=1e-8)
    run.model.loss_and_gradient(*example(run))
    gradient = run.model.parameters.gradient_view
    np.testing.assert_allclose(seen.weight_gradient, gradient(seen.tensor)[:, unit], rtol=1e-3, atol=1e-7)
    assert seen.delta == pytest.approx(gradient(seen.bias_tensor)[unit], rel=1e-3, abs=1e-7)


def test_where_branches_are_joined_a_unit_is_the_sum_of_theirs():
    run = run_of(AROUND)
    seen, outputs = inspect(run, "residual1", 2), outputs_of(run)
    assert seen.join_equation == "x + f(x)" and seen.equation == "max(0, z)" and not seen.incoming.size
    assert dict(seen.terms) == {"dense1": outputs["tanh1"][2], "residual1.dense2": outputs["residual1.dense2"][2]}
    assert seen.z == pytest.approx(outputs["residual1"][2], rel=1e-6) and seen.y == outputs["relu1"][2]
    assert seen.delta == pytest.approx(seen.by_output * (seen.z > 0), rel=1e-5)


def test_side_by_side_a_unit_is_that_of_one_branch():
    run = run_of(BESIDE)
    outputs = outputs_of(run)
    for unit, layer, last, number in ((3, "dense1", "tanh1", 3), (4, "dense1", "relu1", 0), (6, "dense1", "relu1", 2)):
        branch = "parallel1.branch1" if unit < 4 else "parallel1.branch2"
        assert inspect(run, "parallel1", unit).terms == ((f"{branch}.{layer}", outputs[f"{branch}.{last}"][number]),)


def test_channels_that_are_joined_are_those_of_the_branches():
    run = run_of(PICTURES)
    outputs = outputs_of(run)
    for unit, name, channel in ((1, "parallel1.branch1.relu1", 1), (4, "parallel1.branch2.conv2d1", 1)):
        seen = inspect(run, "parallel1", unit)
        assert seen.terms[0][1] == outputs[name][(*seen.place, channel)]
    seen = inspect(run, "residual1", 1)
    here = (*seen.place, 1)
    assert [number for _, number in seen.terms] == [outputs["relu1"][here], outputs["residual1.conv2d2"][here]]


def test_a_unit_before_a_residual_is_read_inside_and_around():
    run = run_of(AROUND)
    seen = inspect(run, "dense1", 4)
    assert (seen.next_layer, seen.other_readers) == ("residual1.dense1", ("residual1",))
    around = inspect(run, "residual1", 4).delta
    through = float(seen.next_weights @ seen.next_deltas)
    assert seen.by_output == pytest.approx(through + around, rel=1e-4, abs=1e-8)
    assert abs(around) > 1e-6 < abs(through)


@pytest.mark.parametrize("unit", range(4))
def test_a_filter_inside_in_numbers(unit: int):
    run = run_of(PICTURES)
    outputs = outputs_of(run)
    seen = inspect(run, "residual1.conv2d1", unit)
    np.testing.assert_array_equal(seen.picture, outputs["residual1.relu1"][..., unit])
    assert seen.z == pytest.approx(outputs["residual1.conv2d1"][(*seen.place, unit)], rel=1e-4, abs=1e-6)
    assert seen.watched.max() >= seen.y - 1e-6 and seen.equation.startswith("relu(batch_norm")


def test_every_tensor_inside_has_its_row_of_distributions():
    run = run_of(PICTURES)
    seen = look(run, "distributions").value
    inside = ("residual1.conv2d1", "residual1.batch_norm1", "residual1.conv2d2")
    beside = ("parallel1.branch1.conv2d1", "parallel1.branch2.conv2d1")
    assert seen.layers == ("conv2d1", *inside, *beside, "dense1")
    assert seen.tensors[2] == "residual1.batch_norm1.scale"
    assert seen.outputs == (
        "relu1",
        inside[0],
        "residual1.relu1",
        inside[2],
        "parallel1.branch1.relu1",
        beside[1],
        "softmax1",
    )
    assert seen.units.tolist() == [4, 4, 4, 4, 3, 2, 10] and (seen.ratio > 0).all()
    for row, name in enumerate(seen.tensors):
        expected = histograms([run.model.parameters.view(name)]).shares[0]
        np.testing.assert_array_equal(seen.weights.shares[row], expected)
    run.model.parameters.view("parallel1.branch1.conv2d1.bias")[:2] = -1000
    assert look(run, "distributions").value.dead[4] == 2


def test_filters_and_maps_inside_are_shown_by_their_names():
    run = run_of(PICTURES)
    seen, outputs = look(run, "feature_maps", Selection()).value, outputs_of(run)
    told = [(row.layer, row.what, row.source, row.is_signed) for row in seen.rows]
    own = "residual1.conv2d1"
    assert told[3:8] == [
        (own, "filters", own, True),
        (own, "maps", own, True),
        ("residual1.batch_norm1", "before", own, True),
        ("residual1.relu1", "after", own, False),
        ("residual1.conv2d2", "filters", "residual1.conv2d2", True),
    ]
    joined = {row.layer: (row.what, row.source, row.is_signed) for row in seen.rows if row.what != "filters"}
    assert joined["residual1"] == ("before", "residual1", True) and joined["relu2"] == ("after", "residual1", False)
    assert joined["parallel1"] == ("maps", "parallel1", True)
    row = next(row for row in seen.rows if row.layer == "parallel1.branch1.relu1")
    np.testing.assert_array_equal(row.tiles, outputs["parallel1.branch1.relu1"].transpose(2, 0, 1))


def test_weights_inside_can_be_chosen_and_are_pictures_in_every_branch_that_sees_the_data():
    run = run_of(BESIDE)
    layers = ("parallel1.branch1.dense1", "parallel1.branch2.dense1", "dense1")
    for layer in layers[:2]:
        seen = look(run, "weights", Selection(layer=layer)).value
        assert (seen.layer, seen.layers) == (layer, layers)
        weight = run.model.parameters.view(f"{layer}.weight")
        np.testing.assert_array_equal(seen.tiles, weight.T.reshape(-1, 8, 8))
        assert seen.weight_at(1, 2, 3) == (f"{layer}.weight", (19, 1))
    assert look(run, "weights", Selection(layer="dense1")).value.tiles.shape == (10, 1, 7)
