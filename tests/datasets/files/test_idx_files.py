"""IDX files that lie anywhere: folders of them, single ones, and what may be wrong with them."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets.rows import mapping_of
from tests.datasets.idx_files import idx_bytes, write_idx, write_published
from tests.datasets.own_files import load, refused, whole

PICTURES = np.random.default_rng(0).integers(0, 256, (12, 5, 4), np.uint8)
LABELS = np.arange(12) % 3
BOTH = pytest.mark.parametrize("zipped", [False, True], ids=["raw", "gzip"])


def write_pair(folder: Path, name: str, zipped: bool = False, pictures=PICTURES, labels=LABELS) -> Path:
    ending = ".gz" if zipped else ""
    write_idx(folder / f"{name.replace('?', 'labels-idx1')}{ending}", labels, zipped)
    return write_idx(folder / f"{name.replace('?', 'images-idx3')}{ending}", pictures, zipped)


@BOTH
def test_a_folder_brings_training_and_test_examples(tmp_path: Path, zipped: bool):
    dataset = load(write_published(tmp_path / "some", zipped=zipped), tmp_path / "cache")
    assert (dataset.name, dataset.title, len(dataset.train), len(dataset.test)) == ("file", "some", 12, 6)
    np.testing.assert_array_equal(dataset.train.inputs[:, 0, 0, 0], np.arange(12))
    np.testing.assert_array_equal(dataset.test.labels, np.arange(6))
    assert dataset.class_names == tuple("0123456789")


@BOTH
@pytest.mark.parametrize(
    "name", ["my-?-ubyte", "train-?-ubyte", "t10k-?-ubyte", "emnist-letters-train-?-ubyte", "train-?.idx"]
)
def test_a_single_pair_is_the_training_data(tmp_path: Path, zipped: bool, name: str):
    path = write_pair(tmp_path / "data", name, zipped)
    for place in (path, path.parent):
        dataset = whole(place, tmp_path / "cache")
        np.testing.assert_array_equal(dataset.train.inputs[..., 0], PICTURES)
        np.testing.assert_array_equal(dataset.train.labels, LABELS)


def test_a_file_of_pictures_brings_the_test_files_beside_it(tmp_path: Path):
    write_published(tmp_path)
    dataset = load(tmp_path / "train-images-idx3-ubyte")
    assert (len(dataset.train), len(dataset.test)) == (12, 6)
    alone = whole(tmp_path / "t10k-images-idx3-ubyte")
    assert (len(alone.train), len(alone.test)) == (6, 0)


def test_raw_files_are_mapped_and_zipped_ones_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.datasets.mapped_files.available_memory", lambda: 0)
    raw = whole(write_pair(tmp_path / "raw", "train-?"), tmp_path / "cache")
    assert Path(mapping_of(raw.train.inputs).filename).parent == tmp_path / "raw"
    assert not (tmp_path / "cache").exists()
    for _ in range(2):
        zipped = whole(write_pair(tmp_path / "zipped", "train-?", zipped=True), tmp_path / "cache")
        assert Path(mapping_of(zipped.train.inputs).filename).is_relative_to(tmp_path / "cache")
        np.testing.assert_array_equal(zipped.train.inputs, raw.train.inputs)


def test_several_sets_in_a_folder_have_to_be_told_apart(tmp_path: Path):
    for name in ("balanced-train-?", "balanced-test-?", "letters-train-?"):
        path = write_pair(tmp_path, name)
    refused(tmp_path, "2 sets", "balanced", "letters", "give the path")
    assert len(load(path).train) == 12 - 3
    assert len(load(tmp_path / "balanced-train-images-idx3").test) == 12


def test_labels_from_one_are_classes_with_their_numbers(tmp_path: Path):
    dataset = whole(write_pair(tmp_path, "train-?", labels=LABELS + 1))
    assert dataset.class_names == ("1", "2", "3")
    np.testing.assert_array_equal(dataset.train.labels, LABELS)


def test_labels_may_have_gaps(tmp_path: Path):
    dataset = whole(write_pair(tmp_path, "train-?", labels=2 * LABELS))
    assert dataset.class_names == tuple(str(2 * label) for label in np.unique(LABELS))
    np.testing.assert_array_equal(dataset.train.labels, LABELS - LABELS.min())


def test_missing_labels_are_told_unless_none_are_wanted(tmp_path: Path):
    path = write_idx(tmp_path / "train-images-idx3-ubyte", PICTURES)
    refused(path, path.name, "no file of labels", 'dataset.source.label = "none"')
    dataset = whole(path, label="none")
    assert dataset.class_names == ()
    assert not dataset.train.labels.any()


def test_a_file_of_labels_says_which_file_to_take(tmp_path: Path):
    path = write_pair(tmp_path, "train-?-ubyte")
    refused(tmp_path / "train-labels-idx1-ubyte", "holds the labels", path.name)
    refused(write_idx(tmp_path / "lonely-labels-idx1-ubyte", LABELS), "0x00000801", "0x00000803")


def test_labels_that_are_not_as_many_as_the_pictures_are_told(tmp_path: Path):
    refused(write_pair(tmp_path, "train-?", labels=LABELS[:-1]), "12 pictures", "11 labels")


@BOTH
def test_a_lying_header_is_told(tmp_path: Path, zipped: bool):
    content = struct.pack(">BBBB3I", 0, 0, 8, 3, 1000, 1000, 3000) + bytes(100)
    write_idx(tmp_path / "train-labels-idx1", LABELS)
    path = tmp_path / "train-images-idx3"
    path.write_bytes(gzip.compress(content) if zipped else content)
    refused(path, path.name, "3,000,000,000", "claims")


@BOTH
@pytest.mark.parametrize("change", [lambda raw: raw[:-7], lambda raw: raw + b"more"], ids=["short", "long"])
def test_a_file_of_another_length_is_told(tmp_path: Path, zipped: bool, change):
    path = write_pair(tmp_path, "train-?")
    content = change(idx_bytes(PICTURES))
    path.write_bytes(gzip.compress(content) if zipped else content)
    refused(path, path.name, "claims 12 x 5 x 4")


@pytest.mark.parametrize("damage", [lambda zipped: zipped[:-20], lambda zipped: zipped[:-8] + bytes(4) + zipped[-4:]])
def test_a_damaged_gzip_is_told_and_nothing_is_kept(tmp_path: Path, damage):
    path = write_pair(tmp_path, "train-?", zipped=True)
    path.write_bytes(damage(path.read_bytes()))
    refused(path, path.name, "gzip")


def test_test_pictures_of_another_size_are_told(tmp_path: Path):
    write_pair(tmp_path, "train-?")
    write_pair(tmp_path, "t10k-?", pictures=PICTURES[:, :4])
    refused(tmp_path, "t10k-images-idx3", "4 x 4 x 1", "5 x 4 x 1")


def test_test_files_may_be_named(tmp_path: Path):
    train = write_pair(tmp_path / "a", "train-?")
    test = write_pair(tmp_path / "b", "t10k-?", pictures=PICTURES[:6], labels=LABELS[:6])
    assert len(load(train, test_path=str(test)).test) == 6
    assert len(load(train, test_path=str(test.parent)).test) == 6
