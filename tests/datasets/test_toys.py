"""Every dataset has a row; the points in the plane lie where geometry puts them, and their settings do what they say."""

from dataclasses import fields, replace

import numpy as np
import pytest

from nnlab.datasets import DATASETS, DatasetSettings, load_dataset
from nnlab.datasets.dataset import Examples
from nnlab.datasets.source import Made
from nnlab.datasets.toys import TOYS
from nnlab.errors import DatasetError, SettingError
from tests.datasets.chosen import with_own


def on_corners(points, labels) -> bool:
    return bool((np.abs(points) == 1).all() and (labels == (points[:, 0] != points[:, 1])).all())


def on_two_circles(points, labels) -> bool:
    return np.allclose(np.hypot(*points.T), np.where(labels == 1, 0.5, 1), atol=1e-6)


def on_two_half_circles(points, labels) -> bool:
    centred = np.where(labels[:, None] == 0, points, -points) + np.array([0.5, 0.25])
    return np.allclose(np.hypot(*centred.T), 1, atol=1e-6) and bool((centred[:, 1] >= -1e-6).all())


def on_two_arms(points, labels) -> bool:
    radius = np.hypot(*points.T) / 1.5
    angle = 3.5 * np.pi * radius + np.pi * labels
    return np.allclose(points / 1.5 / radius[:, None], np.stack([np.cos(angle), np.sin(angle)], 1), atol=1e-4)


def around_three_centres(points, labels) -> bool:
    centres = np.array([points[labels == label].mean(axis=0) for label in range(3)])
    return np.allclose(np.hypot(*centres.T), 1, atol=0.1)


# Classes, and whether points without noise lie where they should. None: not made, but read from files.
CASES = {
    "digits": None,
    "mnist": None,
    "fashion-mnist": None,
    "xor": (2, on_corners),
    "circles": (2, on_two_circles),
    "moons": (2, on_two_half_circles),
    "spirals": (2, on_two_arms),
    "gaussians": (3, around_three_centres),
}
MADE = [name for name, case in CASES.items() if case]


@pytest.fixture(params=MADE)
def settings(request: pytest.FixtureRequest) -> DatasetSettings:
    return DatasetSettings({"kind": request.param, "samples": 300, "noise": 0.1}, seed=4)


def same(one: Examples, other: Examples) -> bool:
    return np.array_equal(one.inputs, other.inputs) and np.array_equal(one.labels, other.labels)


def test_every_dataset_has_a_row():
    assert set(CASES) | {"file", "drawn", "sine", "patches"} == set(DATASETS)
    assert [name for name, source in DATASETS.items() if issubclass(source, Made)] == [*MADE, "sine"]
    assert [toy.name for toy in TOYS] == MADE


def test_without_noise_the_points_lie_where_geometry_puts_them(settings: DatasetSettings):
    examples = load_dataset(with_own(settings, noise=0.0)).train
    _, holds = CASES[settings.source.name]
    assert holds(examples.inputs.astype(float), examples.labels)


def test_points_are_as_many_as_asked_and_half_as_many_test(settings: DatasetSettings):
    dataset = load_dataset(settings)
    assert (len(dataset.train), len(dataset.test)) == (300, 150)
    assert (dataset.example_shape, dataset.is_plane, dataset.is_image) == ((2,), True, False)
    assert dataset.train.inputs.dtype == np.float32


@pytest.mark.parametrize("samples", [8, 9, 300, 1001])
def test_classes_are_equally_many_to_within_a_few(settings: DatasetSettings, samples: int):
    dataset = load_dataset(with_own(settings, samples=samples))
    for examples in (dataset.train, dataset.test):
        counts = np.bincount(examples.labels)
        assert len(counts) == CASES[settings.source.name][0] == len(dataset.class_names)
        assert counts.max() - counts.min() <= 2


def test_the_seed_decides_every_point(settings: DatasetSettings):
    assert same(load_dataset(settings).train, load_dataset(settings).train)
    assert same(load_dataset(settings).test, load_dataset(settings).test)
    other = load_dataset(replace(settings, seed=5))
    assert not np.array_equal(other.train.inputs, load_dataset(settings).train.inputs)


def test_test_points_are_none_of_the_training_points(settings: DatasetSettings):
    dataset = load_dataset(settings)
    assert not set(map(tuple, dataset.train.inputs)) & set(map(tuple, dataset.test.inputs))


def test_noise_is_the_deviation_added_to_both_coordinates(settings: DatasetSettings):
    many = with_own(settings, samples=20_000)
    moved = load_dataset(many).train.inputs - load_dataset(with_own(many, noise=0.0)).train.inputs
    np.testing.assert_allclose(moved.std(axis=0), 0.1, rtol=0.03)
    np.testing.assert_allclose(moved.mean(axis=0), 0, atol=0.005)


@pytest.mark.parametrize(
    ("setting", "value", "word"),
    [
        ("source", "digit", "did you mean 'digits'"),
        ("validation", 0.95, "at most 0.9"),
        ("scaling", "units", "did you mean 'unit'"),
        ("seed", 1.5, "whole number"),
    ],
)
def test_a_setting_out_of_range_is_named(setting: str, value, word: str):
    with pytest.raises(SettingError, match=rf"dataset\.{setting}: .*{word}"):
        DatasetSettings(**{setting: value})


@pytest.mark.parametrize(("setting", "value", "word"), [("samples", 7, "at least 8"), ("noise", -0.1, "at least 0")])
def test_an_own_setting_of_a_source_out_of_range_is_named(setting: str, value: float, word: str):
    with pytest.raises(SettingError, match=rf"dataset\.source\.{setting}: .*{word}"):
        DatasetSettings({"kind": "xor", setting: value})


@pytest.mark.parametrize("name", CASES)
def test_only_data_that_is_made_has_a_number_of_points_and_noise(name: str):
    own = {entry.name for entry in fields(DATASETS[name])}
    assert ({"samples", "noise"} <= own) == (name in MADE)


@pytest.mark.parametrize("name", CASES)
def test_settings_of_one_source_load_the_same_arrays(name: str):
    settings = DatasetSettings(name)
    assert settings.arrays == replace(settings, validation=0.5, scaling="none").arrays
    assert settings.arrays != DatasetSettings("xor" if name != "xor" else "moons").arrays
    assert (settings.arrays != replace(settings, seed=9).arrays) == (name in MADE)
    for changed in ({"samples": 99}, {"noise": 0.9}) if name in MADE else ():
        assert settings.arrays != with_own(settings, **changed).arrays


def test_examples_and_labels_must_be_as_many():
    with pytest.raises(DatasetError, match="3 examples but 2 labels"):
        Examples(np.zeros((3, 2), np.float32), np.zeros(2, np.intp))
