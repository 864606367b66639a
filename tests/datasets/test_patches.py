"""Patches of photographs: cut by the seed, without brightness, of one contrast, as pictures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.errors import DatasetError

SETTINGS = DatasetSettings({"kind": "patches", "pieces": 500, "size": 8}, seed=3)


def test_they_are_pictures_without_labels_as_many_as_asked():
    dataset = load_dataset(SETTINGS)
    assert (len(dataset.train), len(dataset.test)) == (500, 100)
    assert dataset.example_shape == (8, 8, 1) and dataset.is_image and dataset.targets is None
    assert dataset.train.inputs.dtype == np.uint8


def test_no_patch_is_brighter_than_another_and_contrasts_are_alike():
    pixels = load_dataset(SETTINGS).train.inputs.reshape(500, -1).astype(float)
    # What lies beyond three deviations is cut off.
    assert np.abs(pixels.mean(axis=1) - 127.5).max() < 4
    assert np.percentile(pixels.std(axis=1), 90) == pytest.approx(0.4 * 255 / 3, rel=0.05)


def test_the_seed_decides_where_they_are_cut():
    again, other = load_dataset(SETTINGS), load_dataset(replace(SETTINGS, seed=4))
    assert np.array_equal(load_dataset(SETTINGS).train.inputs, again.train.inputs)
    assert not np.array_equal(again.train.inputs, other.train.inputs)
    assert not {tile.tobytes() for tile in again.train.inputs} >= {tile.tobytes() for tile in again.test.inputs}


def test_a_size_is_that_of_the_pieces():
    own = replace(SETTINGS, source={"kind": "patches", "pieces": 20, "size": 5})
    assert load_dataset(own).example_shape == (5, 5, 1)


def test_a_photograph_that_cannot_be_read_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch):
    def refused(path: Path) -> None:
        raise OSError("damaged")

    monkeypatch.setattr(Image, "open", refused)
    with pytest.raises(DatasetError, match=r"china\.jpg: scikit-learn's photograph cannot be read \(damaged\); install"):
        load_dataset(SETTINGS)
