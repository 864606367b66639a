"""MNIST and its kin: found, read from four files, and refused when the files do not fit together."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.datasets.mnist import FASHION_MNIST, MNIST, load_published
from nnlab.errors import DatasetError
from tests.datasets.idx_files import idx_bytes, write_idx, write_published
from tests.sentences import assert_one_sentence

# The same files without their published checksums, so that small ones can stand in.
SMALL = dataclasses.replace(MNIST, checksums=dict.fromkeys(MNIST.checksums, ""))
FILES = tuple(MNIST.checksums)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_published(tmp_path / "mnist")


def refused(folder: Path, *words: str) -> None:
    with pytest.raises(DatasetError) as caught:
        load_published(SMALL, [folder.parent])
    assert_one_sentence(caught.value, *words)


@pytest.mark.parametrize("zipped", [False, True], ids=["raw", "gzip"])
def test_pictures_and_labels_come_from_the_four_files(tmp_path: Path, zipped: bool):
    write_published(tmp_path / "mnist", zipped=zipped)
    dataset = load_published(SMALL, [tmp_path])
    assert (dataset.name, dataset.example_shape, dataset.is_image) == ("mnist", (4, 4, 1), True)
    for examples, count in ((dataset.train, 12), (dataset.test, 6)):
        assert examples.inputs.dtype == np.uint8
        np.testing.assert_array_equal(examples.inputs[:, 0, 0, 0], np.arange(count))
        np.testing.assert_array_equal(examples.labels, np.arange(count) % 10)


def test_raw_and_gzipped_files_may_stand_side_by_side(folder: Path):
    (folder / FILES[0]).unlink()
    write_idx(folder / f"{FILES[0]}.gz", np.zeros((12, 4, 4)), zipped=True)
    assert not load_published(SMALL, [folder.parent]).train.inputs.any()


def test_the_folder_itself_may_be_named(folder: Path):
    assert len(load_published(SMALL, [folder]).train) == 12


def test_the_first_folder_that_holds_it_is_taken(tmp_path: Path):
    write_published(tmp_path / "first" / "mnist", train=10)
    write_published(tmp_path / "second" / "mnist", train=20)
    (tmp_path / "empty" / "mnist").mkdir(parents=True)
    folders = [tmp_path / name for name in ("absent", "empty", "first", "second")]
    assert len(load_published(SMALL, folders).train) == 10


def test_where_it_was_looked_for_is_told(tmp_path: Path):
    with pytest.raises(DatasetError) as caught:
        load_published(MNIST, [tmp_path / "here", tmp_path / "there"])
    assert_one_sentence(
        caught.value, "MNIST", str(tmp_path / "here" / "mnist"), str(tmp_path / "there" / "mnist"), "--data", "NNLAB_DATA"
    )


@pytest.mark.parametrize("name", FILES)
def test_each_missing_file_is_named(folder: Path, name: str):
    (folder / name).unlink()
    refused(folder, "MNIST", name, str(folder))


@pytest.mark.parametrize("name", FILES)
def test_each_truncated_file_is_named(folder: Path, name: str):
    (folder / name).write_bytes((folder / name).read_bytes()[:-1])
    refused(folder, name, "only")


@pytest.mark.parametrize("name", FILES)
def test_pictures_and_labels_interchanged_are_told(folder: Path, name: str):
    other = name.replace("images-idx3", "x").replace("labels-idx1", "images-idx3").replace("x", "labels-idx1", 1)
    (folder / name).write_bytes(idx_bytes(np.zeros((12, 4, 4) if "images" in other else 12)))
    refused(folder, name, "magic number")


@pytest.mark.parametrize("part", ["train", "t10k"])
@pytest.mark.parametrize("labels", [5, 13])
def test_labels_that_are_not_as_many_as_the_pictures_are_refused(folder: Path, part: str, labels: int):
    write_idx(folder / f"{part}-labels-idx1-ubyte", np.zeros(labels))
    refused(folder, f"{part}-images holds {12 if part == 'train' else 6} pictures", f"{part}-labels {labels} labels")


@pytest.mark.parametrize("part", ["train", "t10k"])
def test_a_label_of_no_class_is_refused(folder: Path, part: str):
    write_idx(folder / f"{part}-labels-idx1-ubyte", np.full(12 if part == "train" else 6, 10))
    refused(folder, f"{part}-labels", "label 10", "0 to 9")


@pytest.mark.parametrize("published", [MNIST, FASHION_MNIST], ids=lambda published: published.name)
def test_files_that_are_not_the_published_ones_are_refused(tmp_path: Path, published):
    write_published(tmp_path / published.name)
    with pytest.raises(DatasetError) as caught:
        load_published(published, [tmp_path])
    assert_one_sentence(caught.value, FILES[0], "checksum")


@pytest.mark.parametrize("published", [MNIST, FASHION_MNIST], ids=lambda published: published.name)
def test_the_real_files_are_the_published_ones(real_data: Path, published):
    if not (real_data / published.name).is_dir():
        pytest.skip(f"{published.name}/ is not in the data folder")
    dataset = load_dataset(DatasetSettings(published.name), [real_data])
    assert (len(dataset.train), len(dataset.test)) == (60_000, 10_000)
    assert dataset.example_shape == (28, 28, 1)
    assert len(dataset.class_names) == 10
    np.testing.assert_array_equal(np.unique(dataset.train.labels), np.arange(10))
    np.testing.assert_array_equal(np.unique(dataset.test.labels), np.arange(10))
    assert dataset.train.inputs.max() == 255
