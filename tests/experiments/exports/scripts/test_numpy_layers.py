"""Every layer of the NumPy script computes what the engine does, bit for bit, in networks made of the engine's own cases."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.datasets import DatasetSettings
from nnlab.datasets.digits import DigitsSource
from nnlab.datasets.toys import XOR
from nnlab.errors import UnsupportedExportError
from nnlab.experiments.assembly import load_data
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.exports.scripts import numpy_layers
from nnlab.experiments.exports.scripts.numpy_layers import NUMPY_LAYERS, numpy_calls
from nnlab.models.cnn import CNNSettings
from nnlab.models.fused import FusedConvPool
from nnlab.models.layers import LAYERS, Layer
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Flatten, Reshape
from nnlab.models.mlp import MLPSettings
from nnlab.training import TrainingSettings
from tests.experiments.exports.scripts.trained_alike import check_is_well_written, check_trains_alike
from tests.models.cases import HIDDEN, LAYER_CASES, LayerCase

END = (Dense(10), Softmax())
FEW = DatasetSettings(DigitsSource(), examples=70)
# The last batch of an epoch is one example.
TRAINING = TrainingSettings(batch_size=9, epochs=2, seed=5)


def network_around(case: LayerCase) -> tuple[Layer, ...]:
    """A network on pictures of 8x8 in which the layer gets inputs of its shape, and learns through layers before it."""
    size = 1
    for axis in case.input_shape:
        size *= axis
    before = (Flatten(), Dense(size, initializer="xavier"))
    shaped = (Reshape(case.input_shape),) if len(case.input_shape) == 3 else ()
    squashed = (Sigmoid(),) if case.activations else ()
    after = (Flatten(),) if len(case.output_shape) == 3 else ()
    return (*before, *squashed, *shaped, case.layer, *after, *END)


def on_pictures(layers: tuple[Layer, ...]) -> Experiment:
    return Experiment("Layers", FEW, CNNSettings(layers=layers), TRAINING)


@pytest.mark.parametrize("case", LAYER_CASES, ids=str)
def test_a_layer_trains_as_in_the_engine(case: LayerCase, tmp_path: Path):
    check_trains_alike(on_pictures(network_around(case)), tmp_path)


CONV, POOL = Conv2D(3, padding="same"), MaxPool2D()
# Where layers stand first the data is what comes in, and nobody asks for its gradient.
FIRST = {
    "convolution": (Conv2D(3, stride=2), Tanh()),
    "fused": (CONV, ReLU(), POOL, Conv2D(4, kernel=2), ReLU(), POOL),
    "fused with an odd size": (Conv2D(3, kernel=2), ReLU(), POOL),
    "pool": (POOL, Conv2D(2, kernel=1, initializer="normal", scale=0.2)),
    "batch norm": (BatchNorm(), CONV, ReLU()),
    "dropout": (Dropout(0.2), CONV, ReLU(), POOL),
    "residual": (Residual((Conv2D(1, padding="same"), ReLU())),),
    "residual with fused inside": (
        Parallel(((CONV, ReLU(), POOL), (Conv2D(2, kernel=2, stride=2),))),
        Residual((Conv2D(5, padding="same"), BatchNorm())),
        ReLU(),
    ),
    "parallel with a way around": (Parallel(((), (Conv2D(2, padding="same"), Dropout(0.5)))), ReLU()),
    "nothing that learns": (Flatten(), ReLU()),
}


@pytest.mark.parametrize("first", FIRST)
def test_layers_that_stand_first_train_as_in_the_engine(first: str, tmp_path: Path):
    layers = FIRST[first]
    flat = () if isinstance(layers[0], Flatten) else (Flatten(),)
    check_trains_alike(on_pictures((*layers, *flat, *END)), tmp_path)
    check_is_well_written(tmp_path / "script.py")


@pytest.mark.parametrize("hidden", HIDDEN)
def test_stacks_of_layers_train_as_in_the_engine(hidden: str, tmp_path: Path):
    layers = (*HIDDEN[hidden], *((Flatten(),) if hidden.endswith("pictures") else ()), Dense(2), Softmax())
    is_for_pictures = any(layer.takes_pictures or isinstance(layer, Reshape) for layer in layers)
    if is_for_pictures or "code" in [layer.kind for layer in layers]:
        check_trains_alike(on_pictures((Flatten(), *layers[:-2], *END)), tmp_path)
    else:
        check_trains_alike(Experiment("Stack", DatasetSettings(XOR(samples=50)), MLPSettings(layers), TRAINING), tmp_path)


@pytest.mark.parametrize("batch", [1, 2, 33])
def test_batches_of_any_size_are_summed_in_the_same_order(batch: int, tmp_path: Path):
    layers = (CONV, ReLU(), POOL, Flatten(), Dense(40), ReLU(), *END)
    experiment = on_pictures(layers)
    check_trains_alike(replace(experiment, training=replace(experiment.training, batch_size=batch, epochs=1)), tmp_path)


def test_there_is_a_row_for_every_layer():
    assert set(NUMPY_LAYERS) == {*LAYERS.values(), FusedConvPool}


def test_a_layer_without_a_row_is_named_with_what_there_is(monkeypatch):
    monkeypatch.setattr(numpy_layers, "NUMPY_LAYERS", {})
    with pytest.raises(UnsupportedExportError, match="tanh1: the NumPy script has no layer of the kind tanh; it has dense"):
        numpy_calls((Tanh(),), ("tanh1",), (3,))


def test_the_data_of_these_tests_is_the_digits():
    assert load_data(FEW, ()).example_shape == (8, 8, 1)
