from dataclasses import replace

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples, load_dataset
from nnlab.datasets.preparation import prepared, with_label_noise
from nnlab.errors import DatasetError
from nnlab.targets import Classes


def pictures(count: int = 60, classes: int = 3) -> Dataset:
    """Pictures whose pixels tell their number, with classes in the shares 3 : 2 : 1."""
    inputs = np.arange(count, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 3, 1), np.uint8)
    labels = np.repeat(np.arange(classes), [30, 20, 10]).astype(np.intp)
    return Dataset(
        "numbers", "Numbers", Examples(inputs, labels), Examples(inputs[::2], labels[::2]), Classes(("a", "b", "c"))
    )


def test_a_class_subset_keeps_its_examples_and_counts_labels_anew():
    kept = prepared(pictures(), DatasetSettings(classes=" c, a "))
    assert kept.class_names == ("a", "c")
    assert kept.train.inputs[:, 0, 0, 0].tolist() == [*range(30), *range(50, 60)]
    assert kept.train.labels.tolist() == [0] * 30 + [1] * 10
    assert kept.test.labels.tolist() == [0] * 15 + [1] * 5


@pytest.mark.parametrize(
    ("classes", "words"),
    [("a, x", ("no class 'x'",)), ("b", ("one class", "at least 2")), ("a,,a", ("one class",))],
)
def test_a_subset_that_cannot_be_is_told(classes: str, words: tuple[str, ...]):
    with pytest.raises(DatasetError) as caught:
        prepared(pictures(), DatasetSettings(classes=classes))
    assert all(word in str(caught.value) for word in ("dataset.classes", *words))


def test_classes_of_data_without_labels_cannot_be_chosen():
    with pytest.raises(DatasetError, match="no labels"):
        prepared(replace(pictures(), targets=None), DatasetSettings(classes="a, b"))


@pytest.mark.parametrize("count", [1, 7, 12, 59])
def test_a_subsample_has_the_size_asked_for_and_the_shares_of_the_whole(count: int):
    kept = prepared(pictures(), DatasetSettings(examples=count, seed=4)).train
    assert len(kept) == count
    assert len(np.unique(kept.inputs[:, 0, 0, 0])) == count
    shares = np.bincount(kept.labels, minlength=3)
    assert np.abs(shares - count * np.array([30, 20, 10]) / 60).max() <= 1.5
    again = prepared(pictures(), DatasetSettings(examples=count, seed=4)).train
    np.testing.assert_array_equal(kept.inputs, again.inputs)


def test_another_seed_subsamples_others_and_the_test_stays():
    one, other = (prepared(pictures(), DatasetSettings(examples=12, seed=seed)) for seed in (1, 2))
    assert not np.array_equal(one.train.inputs, other.train.inputs)
    np.testing.assert_array_equal(one.test.inputs, pictures().test.inputs)


def test_flat_pictures_are_rows_of_the_same_numbers():
    flat = prepared(pictures(), DatasetSettings(layout="flat"))
    assert flat.example_shape == (6,)
    np.testing.assert_array_equal(flat.train.inputs, pictures().train.inputs.reshape(60, 6))


def test_what_nothing_changes_is_the_same_array():
    data = pictures()
    assert prepared(data, DatasetSettings()) is data
    assert np.shares_memory(prepared(data, DatasetSettings(layout="flat")).train.inputs, data.train.inputs)


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_label_noise_changes_exactly_its_share_of_the_learning_labels(share: float):
    data, index = pictures().train, np.arange(10, 50)
    noisy = with_label_noise(data, index, share, 3, seed=0)
    changed = np.flatnonzero(noisy.labels != data.labels)
    assert len(changed) == round(share * 40)
    assert set(changed) <= set(index)
    assert set(np.unique(noisy.labels)) <= {0, 1, 2}
    assert data.labels.tolist() == pictures().train.labels.tolist()


def test_label_noise_makes_every_other_class_as_likely():
    labels = np.zeros(3000, np.intp)
    noisy = with_label_noise(Examples(np.zeros((3000, 1), np.float32), labels), np.arange(3000), 1.0, 4, seed=3)
    counts = np.bincount(noisy.labels, minlength=4)
    assert counts[0] == 0
    # Three equal shares of 1000, each with a deviation of sqrt(3000 * 2 / 9) = 26.
    assert np.abs(counts[1:] - 1000).max() < 4 * 26


def test_the_digits_can_be_prepared_in_all_ways_at_once():
    settings = DatasetSettings(classes="3, 8", examples=50, layout="flat")
    kept = prepared(load_dataset(settings), settings)
    assert (len(kept.train), kept.example_shape, kept.class_names) == (50, (64,), ("3", "8"))
