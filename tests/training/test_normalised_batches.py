"""Batch normalisation and sparsity see the batch that was asked for, whatever its size and the order of its rows."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.errors import ShapeError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.fit import check_fit
from nnlab.experiments.measuring import measure
from nnlab.models import CNNSettings, MLPSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Flatten
from nnlab.targets import Classes
from nnlab.training import TrainingRun, TrainingSettings
from tests.sentences import assert_one_sentence

LAYERS_WITH_NORM = (Dense(16), LAYERS["batch_norm"](), LAYERS["relu"](), Dense(2), LAYERS["softmax"]())


def sorted_by_class(each: int) -> Dataset:
    """Two classes of points far apart, one after the other as files often have them."""
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(centre, 1, (each, 4)) for centre in (-3, 3)]).astype(np.float32)
    train = Examples(points, np.repeat([0, 1], each))
    return Dataset("sorted", "Sorted", train, train, Classes(("a", "b")))


def normalised(dataset: Dataset, layers=LAYERS_WITH_NORM, **training: object) -> TrainingRun:
    settings = replace(TrainingSettings(epochs=30, learning_rate=0.1), **training)
    experiment = Experiment("n", DatasetSettings(validation=0.0), MLPSettings(layers), settings)
    return assemble(experiment, [], dataset)


def test_rows_sorted_by_class_are_learned_in_a_full_batch():
    run = normalised(sorted_by_class(1500), batching="full-batch")
    list(run)
    assert measure(run)["train_accuracy"] > 0.99


@pytest.mark.parametrize("rows", [1024, 1025, 2049])
def test_running_figures_follow_those_of_the_whole_batch(rows: int):
    dataset = sorted_by_class(rows)
    first = Dense(16, initializer="zeros")
    run = normalised(dataset, (LAYERS["batch_norm"](momentum=1.0), first, *LAYERS_WITH_NORM[2:]), batching="full-batch")
    next(run)
    inputs, _ = run.data.learning.gather(run.data.split.train)
    np.testing.assert_allclose(run.model.buffers.view("batch_norm1.mean"), inputs.mean(axis=0), rtol=1e-4)
    np.testing.assert_allclose(run.model.buffers.view("batch_norm1.variance"), inputs.var(axis=0, ddof=1), rtol=1e-4)


def test_a_last_batch_of_one_row_leaves_the_running_figures_alone():
    run = normalised(sorted_by_class(33), batch_size=65, epochs=1, shuffle=False)
    next(run)
    before = run.model.buffers.values.copy()
    assert next(run).examples == 1
    np.testing.assert_array_equal(run.model.buffers.values, before)


def test_a_last_batch_of_one_row_does_not_spoil_what_is_predicted():
    run = normalised(sorted_by_class(160), batch_size=29, epochs=30)
    list(run)
    assert run.data.split.train.size % 29 == 1
    assert measure(run)["test_accuracy"] > 0.99


@pytest.mark.parametrize(
    ("training", "what"), [({"batching": "single-sample"}, "training.batching"), ({"batch_size": 1}, "training.batch_size")]
)
def test_batches_of_one_row_are_refused_before_anything_is_learned(training, what):
    with pytest.raises(ShapeError) as caught:
        normalised(sorted_by_class(20), **training)
    assert_one_sentence(caught.value, "batch_norm", "1 example", f"set {what}")


def test_a_picture_has_numbers_enough_by_itself():
    pictures = np.random.default_rng(0).integers(0, 255, (20, 6, 6, 1), np.uint8)
    part = Examples(pictures, np.arange(20) % 2)
    dataset = Dataset("pictures", "Pictures", part, part, Classes(("a", "b")))
    layers = (Conv2D(2), LAYERS["batch_norm"](), Flatten(), Dense(2), LAYERS["softmax"]())
    experiment = Experiment("p", DatasetSettings(validation=0.0), CNNSettings(layers), TrainingSettings(batch_size=1))
    check_fit(experiment, dataset)
    run = assemble(experiment, [], dataset)
    next(run)
    assert (run.model.buffers.view("batch_norm1.variance") > 0).all()


def test_sparsity_is_of_the_whole_batch_too():
    layers = (Dense(8), LAYERS["sigmoid"](), LAYERS["kl_sparsity"](weight=1.0), Dense(2), LAYERS["softmax"]())
    run = normalised(sorted_by_class(1500), layers, batching="full-batch", learning_rate=1e-9)
    whole = run.model.replica()
    step = next(run)
    result = whole.loss_and_gradient(*run.data.learning.gather(run.data.split.train))
    assert step.loss == pytest.approx(result.loss, rel=1e-6)
    np.testing.assert_allclose(run.model.parameters.gradient, whole.parameters.gradient, rtol=1e-5, atol=1e-8)
