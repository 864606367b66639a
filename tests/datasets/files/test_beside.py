"""Inputs, labels and test files under the names that published data gives them."""

from pathlib import Path

import numpy as np
import pytest

from tests.datasets.own_files import load, pixels, refused, whole

LABELS = np.arange(12) % 3


def save(path: Path, array: np.ndarray) -> None:
    if path.suffix == ".npz":
        np.savez(path, array)
    else:
        np.save(path, array)


@pytest.mark.parametrize(
    ("inputs", "labels", "test_inputs", "test_labels"),
    [
        ("kmnist-train-imgs.npz", "kmnist-train-labels.npz", "kmnist-test-imgs.npz", "kmnist-test-labels.npz"),
        ("k49-train-imgs.npz", "k49-train-labels.npz", "k49-test-imgs.npz", "k49-test-labels.npz"),
        ("train_imgs.npy", "train_labels.npy", "test_imgs.npy", "test_labels.npy"),
        ("X_train.npy", "y_train.npy", "X_test.npy", "y_test.npy"),
        ("x_train.npy", "Y_train.npy", "x_test.npy", "Y_test.npy"),
        ("xtrain.npy", "ytrain.npy", "xtest.npy", "ytest.npy"),
        ("train_images.npz", "train_labels.npy", "test_images.npy", "test_labels.npz"),
        ("train-data.npy", "train-targets.npy", "test-data.npy", "test-targets.npy"),
    ],
)
def test_four_files_belong_together(tmp_path: Path, inputs: str, labels: str, test_inputs: str, test_labels: str):
    save(tmp_path / inputs, pixels(12))
    save(tmp_path / labels, LABELS)
    save(tmp_path / test_inputs, pixels(6, seed=1))
    save(tmp_path / test_labels, LABELS[:6])
    dataset = load(tmp_path / inputs)
    np.testing.assert_array_equal(dataset.train.labels, LABELS)
    np.testing.assert_array_equal(dataset.train.inputs.reshape(12, -1), pixels(12))
    np.testing.assert_array_equal(dataset.test.labels, LABELS[:6])
    np.testing.assert_array_equal(dataset.test.inputs.reshape(6, -1), pixels(6, seed=1))
    refused(tmp_path / labels, "holds the labels", inputs)


@pytest.mark.parametrize(
    ("inputs", "labels"),
    [("images.npy", "labels.npy"), ("imgs.npz", "labels.npz"), ("X.npy", "y.npy"), ("digits.npy", "digits-labels.npy")],
)
def test_two_files_belong_together(tmp_path: Path, inputs: str, labels: str):
    save(tmp_path / inputs, pixels(12))
    save(tmp_path / labels, LABELS)
    np.testing.assert_array_equal(whole(tmp_path / inputs).train.labels, LABELS)


def test_imgs_in_an_archive_are_inputs(tmp_path: Path):
    np.savez(tmp_path / "a.npz", labels=LABELS, imgs=pixels(12))
    np.testing.assert_array_equal(whole(tmp_path / "a.npz").train.labels, LABELS)


@pytest.mark.parametrize("label", [None, -1, np.nan])
def test_test_examples_without_labels_are_left_out_and_said_so(tmp_path: Path, label: float | None):
    arrays = {} if label is None else {"y_test": np.full(6, label)}
    np.savez(tmp_path / "a.npz", x_train=pixels(12), y_train=LABELS, x_test=pixels(6), **arrays)
    np.save(tmp_path / "x_train.npy", pixels(12))
    np.save(tmp_path / "y_train.npy", LABELS)
    np.save(tmp_path / "x_test.npy", pixels(6))
    for name, array in arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
    for path in (tmp_path / "a.npz", tmp_path / "x_train.npy"):
        dataset = load(path)
        assert len(dataset.train) + len(dataset.test) == 12
        assert "holds no labels and is left out" in dataset.source


def test_a_test_file_of_idx_without_labels_is_left_out(tmp_path: Path):
    for name, array in (("train-images", pixels(12).reshape(12, 8, 8)), ("train-labels", LABELS.astype(np.uint8))):
        header = bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">u4").tobytes()
        (tmp_path / name).write_bytes(header + array.tobytes())
        if array.ndim == 3:
            (tmp_path / "t10k-images").write_bytes(header + array.tobytes())
    dataset = load(tmp_path)
    assert len(dataset.train) + len(dataset.test) == 12
    assert "holds no labels and is left out" in dataset.source
