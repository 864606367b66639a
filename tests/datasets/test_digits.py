"""The digits that come with scikit-learn: the same pictures, a test set nobody can choose, and a damaged file told."""

import gzip
import importlib.util
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets.digits import load_digits
from nnlab.errors import DatasetError
from tests.sentences import assert_one_sentence


@pytest.fixture
def fake_sklearn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed scikit-learn whose digits the test writes; gives the path of the file."""
    spec = ModuleSpec("sklearn", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    path = tmp_path / "datasets" / "data" / "digits.csv.gz"
    path.parent.mkdir(parents=True)
    return path


def test_the_pictures_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits as load_theirs

    theirs = load_theirs()
    ours = load_digits()
    inputs = np.concatenate([ours.train.inputs, ours.test.inputs]).reshape(-1, 64)
    labels = np.concatenate([ours.train.labels, ours.test.labels])
    found = np.column_stack([np.round(inputs / 255 * 16), labels])
    expected = np.column_stack([theirs.data, theirs.target])
    np.testing.assert_array_equal(found[np.lexsort(found.T)], expected[np.lexsort(expected.T)])


def test_they_are_small_pictures_of_bytes_over_the_whole_range():
    dataset = load_digits()
    assert (dataset.example_shape, dataset.is_image) == ((8, 8, 1), True)
    assert dataset.train.inputs.dtype == np.uint8
    assert len(np.unique(dataset.train.inputs)) == 17
    assert (dataset.train.inputs.min(), dataset.train.inputs.max()) == (0, 255)
    assert dataset.class_names == tuple("0123456789")


def test_a_fifth_of_every_class_is_the_test():
    dataset = load_digits()
    train, test = np.bincount(dataset.train.labels), np.bincount(dataset.test.labels)
    assert len(dataset.train) + len(dataset.test) == 1797
    np.testing.assert_array_equal(test, (train + test) // 5)


def test_the_test_set_is_always_the_same():
    np.testing.assert_array_equal(load_digits().test.inputs, load_digits().test.inputs)


def test_reading_them_does_not_import_scikit_learn():
    code = "import sys; from nnlab.datasets.digits import load_digits; load_digits(); print('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DatasetError) as caught:
        load_digits()
    assert_one_sentence(caught.value, "scikit-learn", "install")


def test_an_installation_without_the_file_is_one_sentence(fake_sklearn: Path):
    with pytest.raises(DatasetError) as caught:
        load_digits()
    assert_one_sentence(caught.value, "digits.csv.gz", "install scikit-learn again")


# Without the time in it: the processes of one run of the tests have to call a case alike.
@pytest.mark.parametrize(
    "content", [b"not gzip", *(gzip.compress(text, mtime=0) for text in (b"no,numbers\n", b"1,2\n3\n"))]
)
def test_a_file_that_is_something_else_is_one_sentence(fake_sklearn: Path, content: bytes):
    fake_sklearn.write_bytes(content)
    with pytest.raises(DatasetError, match=r"digits\.csv\.gz"):
        load_digits()
