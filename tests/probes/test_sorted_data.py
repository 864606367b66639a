"""Data in files is often sorted by class: the few examples that stand for all of them are still of all classes."""

import gc
import weakref

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.errors import ShapeError
from nnlab.models import MLPSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.model import ModelSettings
from nnlab.models.rbm import RBM
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import START, Selection, look, scene_of
from nnlab.probes.analyses.latent_svm import compare_svms
from nnlab.probes.analyses.likelihood import base_bias, binary_log_likelihood, estimate_likelihood
from nnlab.probes.inspector import InspectorOptions
from nnlab.probes.machine import machine_of
from nnlab.probes.machine_figures import machine_figures
from nnlab.probes.machine_units import machine_units
from nnlab.report import silent
from nnlab.targets import Classes
from nnlab.training import TrainingData, TrainingRun, TrainingSettings, prepare_data

CLASSES = 4
MLP = MLPSettings((Dense(CLASSES), ReLU(), Dense(CLASSES), Softmax()))


def sorted_rows(count: int = 8000) -> TrainingData:
    """Pictures of 4x4, all of one class and then all of the next, in which one row is bright: that of the class."""
    labels = np.arange(count) * CLASSES // count
    inputs = np.zeros((count, 4, 4, 1), np.uint8)
    inputs[np.arange(count), labels] = 255
    examples = Examples(inputs, labels)
    return prepare_data(
        Dataset("rows", "Rows", examples, examples, Classes.of(tuple("ABCD"))), DatasetSettings(validation=0.25)
    )


def sorted_table() -> TrainingData:
    """Two columns that grow from the first example to the last: 0 ... 1, and 0 ... 4."""
    growing = np.linspace(0, 1, 5000, dtype=np.float32)
    examples = Examples(np.stack((growing, 4 * growing), axis=1), (np.arange(5000) >= 2500).astype(np.intp))
    return prepare_data(Dataset("table", "Table", examples, examples, Classes(("A", "B"))), DatasetSettings(scaling="none"))


def run_of(model: ModelSettings, data: TrainingData | None = None) -> TrainingRun:
    data = data or sorted_rows()
    built = model.build(data.dataset.example_shape, data.dataset.targets)
    return TrainingRun(built, data, TrainingSettings(learning_rate=1e-9, epochs=1))


def machine_that_knows_rows(hidden: int = CLASSES) -> TrainingRun:
    """Each hidden unit answers to one row; the visible biases make every class another energy."""
    run = run_of(RBMSettings(hidden=hidden))
    assert isinstance(run.model, RBM)
    run.model.weight[...] = np.kron(np.eye(4)[:, :hidden], np.ones((4, 1)))
    run.model.visible_bias[...] = np.repeat([-1.0, -0.5, 0.5, 1.0], 4)
    return run


def network_that_knows_rows() -> TrainingRun:
    """Each unit of the first layer is active for one class, and silent for all others."""
    run = run_of(MLP)
    run.model.parameters.view("dense1.weight")[...] = np.kron(np.eye(4), np.ones((4, 1)))
    run.model.parameters.view("dense1.bias")[...] = -1
    return run


def test_an_rbm_begins_with_the_means_of_all_classes():
    run = run_of(RBMSettings(hidden=3))
    next(run)
    np.testing.assert_allclose(1 / (1 + np.exp(-run.model.visible_bias)), 0.25, atol=0.01)


def test_inputs_beyond_the_range_of_a_loss_are_found_behind_the_first_thousand():
    layers = (Dense(1), Code(), Dense(2), Sigmoid())
    run = run_of(AutoencoderSettings(layers=layers, loss="binary_cross_entropy"), sorted_table())
    with pytest.raises(ShapeError, match=r"these are in 0 \.\.\. 4"):
        next(run)


@pytest.mark.slow
def test_the_points_between_the_machines_are_of_all_classes():
    found = compare_svms(machine_that_knows_rows(hidden=2))
    assert np.bincount(found.labels).tolist() == pytest.approx([500] * CLASSES, abs=2)


def test_a_unit_that_answers_to_the_last_class_alone_is_not_dead():
    seen = look(network_that_knows_rows(), "distributions", START).value
    assert (seen.examples, seen.dead[0]) == (64, 0)


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_a_unit_is_most_active_on_its_own_class_and_says_which_examples_those_are(part: str):
    run = network_that_knows_rows()
    data = run.data
    positions = {"train": data.split.train, "validation": data.split.validation, "test": data.test_index}[part]
    for unit in range(CLASSES):
        selection = Selection(layer="dense1", unit=unit, part=part, options=InspectorOptions("unit"))
        seen = look(run, "inspector", selection).value
        assert set(data.dataset.train.labels[positions[seen.best]]) == {unit}
        np.testing.assert_array_equal(seen.best_values, 3)


def test_the_figures_of_a_machine_are_those_of_all_classes():
    run = machine_that_knows_rows()
    figures = machine_figures(machine_of(scene_of(run)))
    inputs, _ = run.data.learning.gather(run.data.split.train)
    expected = run.model.free_energy(inputs.reshape(len(inputs), -1)).mean()
    np.testing.assert_allclose(figures.free_energy, expected, atol=0.1)
    # Its hidden units tell the class of every example they are shown with.
    assert np.bincount(machine_units(machine_of(scene_of(run))).hidden.argmax(axis=1)).tolist() == pytest.approx(
        [16] * CLASSES, abs=1
    )


def test_the_likelihood_of_some_examples_is_that_of_all():
    run = machine_that_knows_rows(hidden=2)
    np.testing.assert_allclose(base_bias(run.data.learning, run.data.split.train), np.log(0.25 / 0.75), atol=0.02)
    found = estimate_likelihood(run, silent)
    of_all = binary_log_likelihood(run.model, run.data.learning, run.data.split.train, found.exact_partition)
    assert (found.train, found.test) == pytest.approx((of_all, of_all), abs=0.05)


def test_columns_reach_as_far_as_all_examples_do():
    table = sorted_table()
    seen = look(run_of(MLPSettings((Dense(2), Softmax())), table), "predictions").value
    np.testing.assert_allclose(seen.extremes, [[0, 0], [1, 4]], atol=0.01)
    coder = run_of(AutoencoderSettings(layers=(Dense(1), Code(), Dense(2))), table)
    last = look(coder, "reconstructions", Selection(example=len(table.split.train) - 1)).value
    np.testing.assert_allclose(last.original[0].ravel(), 1, atol=0.01)


def test_how_far_columns_reach_is_measured_once_for_each_dataset_and_forgotten_with_it():
    first, second = sorted_table().dataset, sorted_rows().dataset
    low, high = first.feature_range
    assert first.feature_range[0] is low and first.feature_range[1] is high
    assert second.feature_range[0].shape == (16,)
    kept = weakref.ref(low)
    del first, low, high
    gc.collect()
    assert kept() is None
