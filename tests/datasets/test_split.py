"""The split: nothing lost, nothing twice, every class by its share; and a few examples that stand for all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.datasets.split import spread, stratified_split

LABELS = st.lists(st.integers(0, 4), min_size=1, max_size=200).map(lambda labels: np.array(labels, np.intp))
SHARES = st.floats(0, 0.9)
SEEDS = st.integers(0, 2**31 - 1)


@given(LABELS, SHARES, SEEDS)
def test_together_the_parts_are_all_examples_and_share_none(labels, share, seed):
    split = stratified_split(labels, share, seed)
    np.testing.assert_array_equal(np.sort(np.concatenate([split.train, split.validation])), np.arange(len(labels)))
    assert (np.diff(split.train) > 0).all()
    assert (np.diff(split.validation) > 0).all()


@given(LABELS, SHARES, SEEDS)
def test_every_class_gives_its_share_to_within_one_example(labels, share, seed):
    held = np.bincount(labels[stratified_split(labels, share, seed).validation], minlength=5)
    sizes = np.bincount(labels, minlength=5)
    assert (np.abs(held - share * sizes) <= 1).all()


@given(LABELS, SHARES, SEEDS)
def test_every_class_keeps_an_example_to_learn_from(labels, share, seed):
    assert set(labels[stratified_split(labels, share, seed).train]) == set(labels)


def test_nothing_is_held_back_of_a_share_of_zero():
    split = stratified_split(np.arange(50) % 3, 0.0, 0)
    assert len(split.validation) == 0
    np.testing.assert_array_equal(split.train, np.arange(50))


def test_the_seed_decides_who_validates():
    labels = np.arange(100) % 4
    first, again, other = (stratified_split(labels, 0.2, seed).validation for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert set(first) != set(other)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_those_who_validate_are_not_simply_the_first(share: float):
    held = stratified_split(np.zeros(1000, np.intp), share, 0).validation
    assert held.mean() == pytest.approx(500, abs=80)


@given(st.integers(0, 300), st.integers(1, 300))
def test_spread_takes_one_from_each_of_as_many_equal_stretches(count: int, most: int):
    taken = spread(np.arange(count), most)
    assert len(taken) == min(count, most)
    edges = np.arange(len(taken) + 1) * count // max(len(taken), 1)
    assert ((edges[:-1] <= taken) & (taken < edges[1:])).all()


def test_spread_is_everything_where_everything_is_wanted_and_rows_stay_whole():
    rows = np.arange(20.0).reshape(10, 2)
    np.testing.assert_array_equal(spread(rows, 10), rows)
    np.testing.assert_array_equal(spread(rows, 1), rows[:1])


@pytest.mark.parametrize("classes", [2, 3, 7, 10, 12])
@pytest.mark.parametrize("most", [500, 1000, 5000])
def test_spread_sees_all_classes_alike_in_whatever_order_they_come(classes: int, most: int):
    for labels in (np.arange(60_000) * classes // 60_000, np.arange(60_000) % classes):
        seen = np.bincount(labels[spread(np.arange(60_000), most)], minlength=classes)
        np.testing.assert_allclose(seen / most, 1 / classes, atol=0.02)
