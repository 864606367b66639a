"""Points drawn by hand: a dataset from two classes on, a plane that holds still, and a toy as a beginning."""

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.datasets.drawn import MOST_POINTS, drawn_so_far, is_blank, plane_reach, points_of
from nnlab.errors import DatasetError
from tests.datasets.chosen import data_of


def drawn(*points: tuple[float, float, float], **settings: object) -> DatasetSettings:
    return data_of("drawn", points=points, **settings)


def test_drawn_points_become_train_and_test_with_their_classes() -> None:
    points = [(number / 10, -number / 10, number % 2) for number in range(20)]
    dataset = load_dataset(drawn(*points, test=0.2))
    assert (len(dataset.train), len(dataset.test)) == (16, 4)
    assert dataset.class_names == ("A", "B")
    rows = [
        (*place, float(label))
        for part in (dataset.train, dataset.test)
        for place, label in zip(part.inputs.tolist(), part.labels, strict=True)
    ]
    assert np.allclose(sorted(rows), sorted(points))


@pytest.mark.parametrize("points", [(), ((0, 0, 0),), ((0, 0, 3), (1, 1, 3))])
def test_points_of_fewer_than_two_classes_cannot_be_learned_but_are_there_to_see(points: tuple) -> None:
    settings = drawn(*points)
    assert is_blank(settings.source)
    with pytest.raises(DatasetError, match="at least two classes"):
        load_dataset(settings)
    assert drawn_so_far(settings.source, settings.seed).example_shape == (2,)
    assert len(drawn_so_far(settings.source, settings.seed).train) == len(points)


def test_a_class_in_between_that_has_no_points_keeps_its_place() -> None:
    dataset = load_dataset(drawn((0, 0, 0), (1, 1, 3)))
    assert dataset.class_names == ("A", "B", "C", "D")
    assert sorted(dataset.train.labels) == [0, 3]


def test_a_toy_becomes_drawn_points_that_load_again() -> None:
    toy = load_dataset(DatasetSettings({"kind": "gaussians", "samples": 60}))
    again = drawn_so_far(drawn(*points_of(toy), test=0.0).source, seed=0)
    assert np.allclose(again.train.inputs, toy.train.inputs, atol=6e-4)
    assert np.array_equal(again.train.labels, toy.train.labels)


def test_a_large_toy_gives_no_more_points_than_a_file_holds() -> None:
    assert len(points_of(load_dataset(DatasetSettings({"kind": "moons", "samples": MOST_POINTS + 100})))) == MOST_POINTS


@pytest.mark.parametrize(("furthest", "reach"), [(0.0, 1.5), (1.5, 1.5), (1.51, 2.0), (2.1, 4.0), (900.0, 1024.0)])
def test_the_plane_grows_in_steps(furthest: float, reach: float) -> None:
    assert plane_reach([(0.1, -furthest, 1)]) == pytest.approx(reach)


def test_an_empty_plane_reaches_as_far_as_one_with_few_points() -> None:
    assert plane_reach([]) == plane_reach(np.zeros((0, 2))) == plane_reach([(0.3, 0.2, 0)])
