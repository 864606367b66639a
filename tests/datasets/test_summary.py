"""What the data card says is so."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples, load_dataset
from nnlab.datasets.summary import summarize
from nnlab.targets import Classes


def dataset_of(inputs: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> Dataset:
    return Dataset("made", "Made", Examples(inputs, labels), Examples(inputs[:1], labels[:1]), Classes.of(names))


def test_counts_are_exact_and_each_class_gives_its_first_example() -> None:
    labels = np.array([2, 0, 2, 0, 0])
    summary = summarize(dataset_of(np.zeros((5, 3), np.float32), labels, ("a", "b", "c")))
    assert summary.train_counts.tolist() == [3, 0, 2]
    assert summary.test_counts.tolist() == [0, 0, 1]
    assert summary.samples.tolist() == [1, 0]  # class b has none
    assert summary.bytes == 6 * 3 * 4


def test_bytes_are_spread_over_32_bins_of_8() -> None:
    inputs = np.array([0, 7, 8, 255], np.uint8).reshape(4, 1, 1, 1)
    summary = summarize(dataset_of(inputs, np.zeros(4, np.intp), ("a",)))
    assert summary.edges[[0, 1, -1]].tolist() == [0, 8, 256]
    assert summary.shares[[0, 1, 31]].tolist() == [0.5, 0.25, 0.25]


def test_bytes_of_a_small_range_have_a_bin_each() -> None:
    inputs = np.array([2, 2, 5, 18], np.uint8).reshape(4, 1, 1, 1)
    summary = summarize(dataset_of(inputs, np.zeros(4, np.intp), ("a",)))
    assert summary.reach == (2, 18)
    assert summary.edges.tolist() == list(range(2, 20))
    assert summary.shares[[0, 3, 16]].tolist() == [0.5, 0.25, 0.25]


@pytest.mark.parametrize("inputs", [np.zeros((3, 2)), np.full((3, 2), np.nan), np.full((3, 2), 1e30), np.zeros((0, 2))])
def test_values_that_are_all_alike_or_no_numbers_are_summed_up_without_a_warning(inputs: np.ndarray) -> None:
    summary = summarize(dataset_of(inputs.astype(np.float32), np.zeros(len(inputs), np.intp), ()))
    assert np.isfinite(summary.edges).all() and (np.diff(summary.edges) > 0).all()
    assert summary.shares.sum() == pytest.approx(1.0 if np.isfinite(inputs).any() else 0.0)


def test_data_without_classes_shows_some_of_all_of_it() -> None:
    summary = summarize(dataset_of(np.zeros((100, 2), np.float32), np.zeros(100, np.intp), ()))
    assert len(summary.train_counts) == 0
    assert summary.samples[[0, -1]].tolist() == [0, 99] and len(summary.samples) == 10


def test_an_array_on_disk_is_said_to_be_there_and_is_hardly_read(tmp_path: Path) -> None:
    rows = np.lib.format.open_memmap(tmp_path / "rows.npy", "w+", np.uint8, (200_000, 8))
    rows[::200] = 255
    summary = summarize(dataset_of(rows[:, :4], np.zeros(len(rows), np.intp), ("a",)))
    assert summary.is_on_disk
    assert summary.shares[31] == 1.0  # the thousand rows that are looked at
    assert not summarize(load_dataset(DatasetSettings())).is_on_disk
