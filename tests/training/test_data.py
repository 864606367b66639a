"""Data made ready: gathered right, scaled by those that learn, and the three parts kept apart."""

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, Examples, load_dataset
from nnlab.datasets.scaling import SCALINGS, fit_scaling
from nnlab.training import prepare_data
from nnlab.training.data import Feed
from tests.training.runs import numbered_data, toy_data

RNG = np.random.default_rng(0)
PICTURES = Examples(RNG.integers(0, 256, (50, 3, 2, 1)).astype(np.uint8), np.arange(50) % 7)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_batch_is_the_scaled_examples_and_their_labels(scaling: str):
    fitted = fit_scaling(scaling, PICTURES, np.arange(50))
    index = np.array([3, 49, 3, 0])
    inputs, labels = Feed(PICTURES, fitted).gather(index)
    np.testing.assert_allclose(inputs, PICTURES.inputs[index] * fitted.factor + fitted.offset, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(labels, PICTURES.labels[index])
    assert inputs.dtype == np.float32


def test_bytes_stay_bytes_in_memory():
    data = prepare_data(load_dataset(DatasetSettings()), DatasetSettings())
    before = data.dataset.train.inputs.copy()
    data.learning.gather(np.arange(10))
    assert data.learning.examples.inputs.dtype == np.uint8
    np.testing.assert_array_equal(data.dataset.train.inputs, before)


def test_batches_of_many_sizes_between_each_other_stay_right():
    feed = Feed(PICTURES, fit_scaling("none", PICTURES, np.arange(50)))
    for size in (5, 1, 5, 9, 2, 7, 3, 5, 50):
        index = RNG.permutation(50)[:size]
        inputs, labels = feed.gather(index)
        np.testing.assert_array_equal(inputs, PICTURES.inputs[index])
        np.testing.assert_array_equal(labels, PICTURES.labels[index])


def test_a_batch_of_the_same_size_uses_the_same_memory():
    feed = Feed(PICTURES, fit_scaling("unit", PICTURES, np.arange(50)))
    first, _ = feed.gather(np.arange(5))
    assert np.shares_memory(first, feed.gather(np.arange(5, 10))[0])


@pytest.mark.parametrize("size", [1, 7, 10, 50, 1000])
def test_chunks_are_all_examples_in_order(size: int):
    feed, index = Feed(PICTURES, fit_scaling("none", PICTURES, np.arange(50))), RNG.permutation(50)
    chunks = [inputs.copy() for inputs, _ in feed.chunks(index, size)]
    np.testing.assert_array_equal(np.concatenate(chunks), PICTURES.inputs[index])
    assert max(map(len, chunks)) <= size


def test_scaling_is_fitted_to_those_that_learn_and_to_no_others():
    settings = DatasetSettings("moons", scaling="standard", validation=0.3)
    dataset = load_dataset(settings)
    data = prepare_data(dataset, settings)
    learning = dataset.train.inputs[data.split.train].astype(np.float64)
    np.testing.assert_allclose(data.scaling.factor, 1 / learning.std(axis=0), rtol=1e-5)
    dataset.train.inputs[data.split.validation] += 100
    dataset.test.inputs[...] += 100
    np.testing.assert_array_equal(prepare_data(dataset, settings).scaling.factor, data.scaling.factor)


def test_the_test_examples_are_scaled_like_the_others():
    data = toy_data()
    inputs, labels = data.testing.gather(data.test_index)
    expected = data.scaling.apply(data.dataset.test.inputs, out=np.empty_like(data.dataset.test.inputs))
    np.testing.assert_array_equal(inputs, expected)
    np.testing.assert_array_equal(labels, data.dataset.test.labels)


def test_learning_validating_and_testing_share_no_example():
    data = numbered_data(60, validation=0.25)
    learn, validate = (set(data.learning.gather(index)[0][:, 0]) for index in (data.split.train, data.split.validation))
    test = set(data.testing.gather(data.test_index)[0][:, 0])
    assert (len(learn), len(validate), len(test)) == (44, 16, 60)
    assert not learn & validate
    assert not (learn | validate) & test


def test_the_data_seed_decides_the_split():
    dataset = load_dataset(DatasetSettings("moons"))
    one, same, other = (prepare_data(dataset, DatasetSettings("moons", seed=seed)).split for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.validation, same.validation)
    assert set(one.validation) != set(other.validation)
