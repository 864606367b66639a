"""Metrics of values and classes are scikit-learn's, however the examples are cut into chunks."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as peer

from nnlab.models.metrics import CLASS_METRICS, VALUE_METRICS, joined, metrics_of, score, tally, tally_of_state, tally_state
from nnlab.targets import Values
from tests.targets import numbered

TWO = Values(("a", "b"))
PEERS = {
    "r2": peer.r2_score,
    "mae": peer.mean_absolute_error,
    "mse": peer.mean_squared_error,
    "rmse": lambda true, told: math.sqrt(peer.mean_squared_error(true, told)),
    "accuracy": peer.accuracy_score,
    "macro_precision": lambda true, told: peer.precision_score(true, told, average="macro", zero_division=0),
    "macro_recall": lambda true, told: peer.recall_score(true, told, average="macro", zero_division=0),
    "macro_f1": lambda true, told: peer.f1_score(true, told, average="macro", zero_division=0),
}


def values(seed: int, count: int = 200, centre: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """True values of two quite different units, and predictions that are a tenth of a deviation off."""
    rng = np.random.default_rng(seed)
    units = np.array([1.0, 1000.0])
    true = rng.normal(centre, 1, (count, 2)) * units
    return true, true + rng.normal(0, 0.1, true.shape) * units


@pytest.mark.parametrize("metric", VALUE_METRICS, ids=lambda metric: metric.name)
@pytest.mark.parametrize("seed", range(4))
def test_a_metric_of_values_is_scikit_learns(metric, seed: int):
    true, told = values(seed)
    assert metric.of(tally(true, told, TWO)) == pytest.approx(PEERS[metric.name](true, told), rel=1e-12)


@pytest.mark.parametrize("metric", [metric for metric in CLASS_METRICS if metric.of], ids=lambda metric: metric.name)
def test_a_metric_of_classes_is_scikit_learns(metric):
    rng = np.random.default_rng(0)
    true = rng.integers(0, 5, 300)
    told = np.where(rng.random(300) < 0.7, true, rng.integers(0, 5, 300))
    assert metric.of(tally(true, told, numbered(5))) == pytest.approx(PEERS[metric.name](true, told), rel=1e-12)


def test_the_top_three_are_scikit_learns():
    rng = np.random.default_rng(0)
    outputs, true = rng.normal(size=(300, 6)), rng.integers(0, 6, 300)
    (metric,) = (metric for metric in metrics_of(numbered(6)) if metric.hits is not None)
    assert metric.hits(outputs, true) / 300 == pytest.approx(peer.top_k_accuracy_score(true, outputs, k=3))
    assert not [metric for metric in metrics_of(numbered(3)) if metric.hits is not None]


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 200), max_size=6),
    centre=st.sampled_from([0.0, 1.0, 1e6]),
)
def test_chunks_give_what_the_whole_gives(cuts: list[int], centre: float):
    true, told = values(1, centre=centre)
    edges = [0, *sorted(cuts), 200]
    parts = [tally(true[a:b], told[a:b], TWO) for a, b in pairwise(edges)]
    whole = tally(true, told, TWO)
    for metric in VALUE_METRICS:
        assert metric.of(joined(parts, TWO)) == pytest.approx(metric.of(whole), rel=1e-9)


def test_chunks_of_classes_give_what_the_whole_gives():
    rng = np.random.default_rng(0)
    true, told = rng.integers(0, 7, (2, 90))
    parts = [tally(true[start : start + 25], told[start : start + 25], numbered(7)) for start in range(0, 90, 25)]
    whole = tally(true, told, numbered(7))
    np.testing.assert_array_equal(joined(parts, numbered(7)).matrix(), whole.matrix())


def test_of_no_examples_nothing_is_known():
    for targets in (TWO, numbered(3), None):
        none = joined([], targets)
        assert none.total == 0
        assert all(math.isnan(metric.of(none)) for metric in metrics_of(targets) if metric.of_every_part)


def test_values_that_never_vary_have_no_r2_and_leave_that_of_others_alone():
    true, told = values(2)
    alone = score(tally(true[:, :1], told[:, :1], Values(("a",))))
    true[:, 1] = 0.1
    assert score(tally(true, told, TWO)) == pytest.approx(alone)
    assert math.isnan(score(tally(true[:, 1:], told[:, 1:], Values(("b",)))))


def test_a_tally_comes_back_from_its_plain_numbers():
    true, told = values(3)
    for targets, counted in (
        (TWO, tally(true, told, TWO)),
        (numbered(2), tally(true[:, 0] > 0, told[:, 0] > 0, numbered(2))),
    ):
        again = tally_of_state(tally_state(counted), targets)
        for metric in metrics_of(targets):
            if metric.of is not None:
                assert metric.of(again) == metric.of(counted)


def test_every_metric_has_a_name_of_its_own_and_says_what_it_is():
    for table in (CLASS_METRICS, VALUE_METRICS):
        assert len({metric.name for metric in table}) == len(table)
        assert all(metric.title and metric.formula and metric.text(0.5) for metric in table)
        assert all((metric.of is None) != (metric.hits is None) for metric in table)
        assert table[0].of_every_part and table[0].is_greater_better


def test_r2_is_one_for_the_targets_and_nothing_for_their_mean():
    true = np.array([[1.0, 10], [2, 20], [3, 60]])
    assert score(tally(true, true, TWO)) == 1
    assert score(tally(true, np.tile(true.mean(axis=0), (3, 1)), TWO)) == pytest.approx(0)
    assert score(tally(true, true[::-1], TWO)) < 0
    # By hand: of the first value one is off by 1, where the spread is 2; the second is right.
    assert score(tally(true, np.array([[2.0, 10], [2, 20], [3, 60]]), TWO)) == pytest.approx((1 - 1 / 2 + 1) / 2)


@pytest.mark.parametrize("cuts", [(), (1, 2, 50)])
@pytest.mark.parametrize("doublings", [-1000, -600, 600])
def test_values_whose_squares_would_be_nothing_or_infinite_have_the_metrics_of_others(doublings: int, cuts: tuple[int, ...]):
    true, told = (np.round(part * 2**20) * 2.0**-20 for part in values(4))
    edges = [0, *cuts, len(true)]
    expected, found = (
        joined([tally(np.ldexp(true[a:b], by), np.ldexp(told[a:b], by), TWO) for a, b in pairwise(edges)], TWO)
        for by in (0, doublings)
    )
    found = tally_of_state(tally_state(found), TWO)
    # Powers of two scale what there is, and round nothing.
    assert found.r2 == expected.r2 and 0.9 < found.r2 < 1
    assert found.mae == math.ldexp(expected.mae, doublings)
    assert found.rmse == math.ldexp(expected.rmse, doublings)
    assert found.mse == (0 if doublings < 0 else math.inf)


def test_one_value_may_be_small_and_the_other_large():
    true, told = values(5)
    scales = np.array([2.0**-700, 1.0])
    mixed = tally(true * scales, told * scales, TWO)
    assert mixed.r2 == tally(true, told, TWO).r2
    assert mixed.mse == pytest.approx(tally(true[:, 1:], told[:, 1:], Values(("b",))).mse / 2)


def test_an_ordinary_tally_is_written_as_it_always_was():
    true, told = values(6)
    assert len(tally_state(tally(true, told, TWO))["errors"]) == 5
    assert len(tally_state(tally(true * 1e-200, told * 1e-200, TWO))["errors"]) == 6
