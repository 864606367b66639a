"""Filters and maps are the network's own numbers, for the example that is selected."""

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers.activations import ReLU, Softmax, Tanh
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.shape import Flatten
from nnlab.probes import Selection, look
from nnlab.probes.feature_maps import FeatureMapsOptions
from nnlab.targets import Classes
from nnlab.training import TrainingData, TrainingRun, prepare_data
from tests.models.small_runs import digits_run

DEEP = (
    *(Conv2D(4, padding="same"), ReLU(), MaxPool2D(), Dropout(0.5)),
    *(Conv2D(20), Tanh(), MaxPool2D()),
    *(Flatten(), Dense(10), Softmax()),
)


def probe(run: TrainingRun, **selection: object):
    return look(run, "feature_maps", Selection(**selection)).value


@pytest.fixture(scope="module")
def run() -> TrainingRun:
    run = digits_run(CNNSettings(layers=DEEP))
    next(run)
    return run


def row_of(seen, layer: str, what: str):
    return next(row for row in seen.rows if (row.layer, row.what) == (layer, what))


def test_all_layers_with_pictures_have_their_rows_in_order(run: TrainingRun):
    seen = probe(run)
    assert [(row.layer, row.what, row.source, row.is_signed) for row in seen.rows] == [
        ("conv2d1", "filters", "conv2d1", True),
        ("conv2d1", "before", "conv2d1", True),
        ("relu1", "after", "conv2d1", False),
        ("max_pool2d1", "pooled", "conv2d1", False),
        ("conv2d2", "filters", "conv2d2", True),
        ("conv2d2", "before", "conv2d2", True),
        ("tanh1", "after", "conv2d2", True),
        ("max_pool2d2", "pooled", "conv2d2", True),
    ]
    assert "dropout1" not in seen.layers


def test_maps_are_those_of_the_selected_example(run: TrainingRun):
    seen = probe(run, part="validation", example=7)
    place = run.data.split.validation[7]
    inputs, labels = run.data.learning.gather(np.array([place]))
    outputs = dict(zip(run.model.names, run.model.activations(inputs.copy()), strict=True))
    for layer, what in (("conv2d1", "before"), ("relu1", "after"), ("max_pool2d2", "pooled")):
        np.testing.assert_allclose(row_of(seen, layer, what).tiles, outputs[layer][0].transpose(2, 0, 1), atol=1e-6)
    np.testing.assert_allclose(seen.example, run.data.dataset.train.inputs[place], atol=1e-4)
    assert seen.label == labels[0]
    np.testing.assert_allclose(seen.probability, outputs["softmax1"][0], rtol=1e-5)


def test_an_example_that_is_not_there_is_the_first(run: TrainingRun):
    np.testing.assert_array_equal(probe(run, example=10**6).example, probe(run, example=0).example)


def test_filters_are_the_weights(run: TrainingRun):
    weight = run.model.parameters.view("conv2d1.weight")
    filters = row_of(probe(run), "conv2d1", "filters")
    for number in range(4):
        np.testing.assert_array_equal(filters.tiles[number], weight[:, :, 0, number])
    assert filters.unit.tolist() == [0, 1, 2, 3]


def test_of_many_kernels_the_selected_filters_are_shown(run: TrainingRun):
    weight = run.model.parameters.view("conv2d2.weight")
    for selected, shown in ((("conv2d2", 5), 5), (("tanh1", 5), 5), (("conv2d1", 3), 0), (("conv2d2", 99), 0)):
        filters = row_of(probe(run, layer=selected[0], unit=selected[1]), "conv2d2", "filters")
        np.testing.assert_array_equal(filters.tiles, weight[:, :, :, shown].transpose(2, 0, 1))
        assert (filters.unit.tolist(), filters.count) == ([shown] * 4, 80)


def test_one_layer_alone_shows_all_its_kernels(run: TrainingRun):
    seen = probe(run, options=FeatureMapsOptions("conv2d2"))
    assert [(row.layer, row.what, len(row.tiles)) for row in seen.rows] == [
        ("conv2d2", "filters", 80),
        ("conv2d2", "before", 20),
    ]
    assert seen.rows[0].unit.tolist() == [unit for unit in range(20) for _ in range(4)]
    assert seen.layers[0] == "conv2d1"
    assert len(probe(run, options=FeatureMapsOptions("gone")).rows) == 8


def test_a_single_map_is_a_copy_too():
    run = digits_run(CNNSettings(layers=(Conv2D(1), ReLU(), Flatten(), Dense(10), Softmax())))
    kept = row_of(probe(run), "conv2d1", "before").tiles
    before = kept.copy()
    probe(run, example=3)
    np.testing.assert_array_equal(kept, before)
    assert not kept.flags.writeable


def pictures(height: int, channels: int, classes: int) -> TrainingData:
    """Random pictures of any shape."""
    rng = np.random.default_rng(0)
    inputs = rng.integers(0, 256, (60, height, height, channels), dtype=np.uint8)
    examples = Examples(inputs, np.arange(60) % classes)
    names = tuple(str(number) for number in range(classes))
    return prepare_data(Dataset("random", "Random", examples, examples, Classes.of(names)), DatasetSettings(validation=0.2))


@pytest.mark.parametrize(("height", "channels", "classes"), [(1, 1, 2), (5, 3, 3), (1, 3, 40)])
def test_pictures_of_any_shape_have_maps(height: int, channels: int, classes: int):
    layers = (Conv2D(3, kernel=1), ReLU(), Flatten(), Dense(classes), Softmax())
    run = digits_run(CNNSettings(layers=layers), pictures(height, channels, classes))
    next(run)
    seen = probe(run)
    assert seen.example.shape == (height, height, channels)
    assert [row.tiles.shape for row in seen.rows] == [(3 * channels, 1, 1), (3, height, height), (3, height, height)]


def test_broken_weights_raise_nothing(run: TrainingRun):
    broken = run.replica()
    broken.model.parameters.values[...] = np.inf
    assert not np.isfinite(row_of(probe(broken), "conv2d1", "before").tiles).all()
