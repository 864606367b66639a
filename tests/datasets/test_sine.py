"""A curve with noise: values instead of classes."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.datasets.scaling import fit_scaling
from nnlab.targets import Values
from nnlab.training import prepare_data
from tests.datasets.chosen import with_own

SETTINGS = DatasetSettings({"kind": "sine", "samples": 1000, "noise": 0.2})


def test_without_noise_the_values_are_the_sine_of_the_inputs():
    dataset = load_dataset(with_own(SETTINGS, noise=0.0))
    assert dataset.targets == Values(("y",))
    for part in (dataset.train, dataset.test):
        np.testing.assert_allclose(part.targets, np.sin(part.inputs.astype(float)), atol=1e-12)
        assert np.abs(part.inputs).max() <= np.float32(np.pi)
    assert (len(dataset.train), len(dataset.test), dataset.example_shape) == (1000, 500, (1,))


def test_noise_is_the_deviation_added_to_the_values():
    examples = load_dataset(with_own(SETTINGS, samples=20_000)).train
    noise = examples.targets - np.sin(examples.inputs.astype(float))
    assert noise.std() == pytest.approx(0.2, rel=0.03)


def test_the_seed_decides_every_point():
    one, same, other = (load_dataset(replace(SETTINGS, seed=seed)).train for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.targets, same.targets)
    assert not np.array_equal(one.targets, other.targets)


def test_values_have_no_classes_and_label_noise_leaves_them_alone():
    dataset = load_dataset(SETTINGS)
    assert dataset.class_names == () and not dataset.train.labels.any()
    noisy = prepare_data(dataset, replace(SETTINGS, label_noise=0.5))
    np.testing.assert_array_equal(noisy.learning.examples.targets, dataset.train.targets)


def test_a_share_of_all_examples_is_held_back_by_the_seed():
    data = prepare_data(load_dataset(SETTINGS), replace(SETTINGS, validation=0.25))
    assert len(data.split.validation) == 250
    assert len(np.union1d(data.split.train, data.split.validation)) == 1000


def test_fewer_examples_keep_their_values():
    few = prepare_data(load_dataset(SETTINGS), SETTINGS).dataset
    kept = replace(few.train, inputs=few.train.inputs[:10], targets=few.train.targets[:10])
    assert kept.labels.shape == (10,)


def test_learning_sees_values_of_mean_zero_and_deviation_one_and_predictions_come_back():
    dataset = load_dataset(SETTINGS)
    moved = replace(dataset, train=replace(dataset.train, targets=1e6 + 50 * dataset.train.targets))
    data = prepare_data(moved, SETTINGS)
    _, seen = data.learning.gather(data.split.train)
    assert seen.dtype == np.float32 and seen.shape == (len(data.split.train), 1)
    assert (seen.mean(), seen.std()) == (pytest.approx(0, abs=1e-5), pytest.approx(1, abs=1e-5))
    np.testing.assert_allclose(data.learning.in_own_units(seen), moved.train.targets[data.split.train], rtol=1e-9, atol=1e-4)


def test_values_that_never_vary_are_only_shifted():
    examples = replace(load_dataset(SETTINGS).train, targets=np.full((1000, 1), 0.1))
    scaling = fit_scaling("unit", examples, np.arange(1000)).values
    assert scaling is not None
    np.testing.assert_allclose(scaling.apply(examples.targets), 0, atol=1e-12)
