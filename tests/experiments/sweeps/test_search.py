"""What is tried is a function of the search, the axes and the results so far: wherever and whenever it is asked."""

import math

import numpy as np
import pytest

from nnlab.experiments.sweeps.axis import Axis, Listed, Range
from nnlab.experiments.sweeps.search import SEARCHES, Grid, Random, Result, Suggested

RATE = Range("training.learning_rate", 1e-4, 1.0, is_log=True, count=5)
UNITS = Range("model.layers.0.units", 2, 9, is_whole=True)
OPTIMIZER = Listed("training.optimizer", ("sgd", {"kind": "adam", "beta1": 0.8}))
AXES: tuple[Axis, ...] = (RATE, UNITS, OPTIMIZER)


def test_a_grid_is_every_combination_the_last_axis_fastest():
    found = Grid().proposed(AXES, [])
    assert len(found) == Grid().count(AXES) == 5 * 8 * 2
    assert found[0] == {RATE.name: 1e-4, UNITS.name: 2, OPTIMIZER.name: "sgd"}
    assert found[1] == {**found[0], OPTIMIZER.name: {"kind": "adam", "beta1": 0.8}}
    assert [choices[RATE.name] for choices in found[::16]] == [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    assert Grid().proposed(AXES, [(found[0], 1.0)]) == found[1:]


def test_whole_numbers_in_equal_steps_are_there_once():
    assert Range("training.epochs", 1, 4, count=9, is_whole=True).in_grid() == [1, 2, 3, 4]
    assert Range("training.epochs", 1, 100, is_log=True, count=3, is_whole=True).in_grid() == [1, 10, 100]
    assert Range("training.epochs", 1, 100, is_log=True, count=3, is_whole=True).grid_size == 3


def test_what_a_trial_draws_does_not_depend_on_the_others_nor_on_other_axes():
    found = Random(trials=40, seed=3).proposed(AXES, [])
    assert Random(trials=40, seed=3).proposed(AXES, [(choices, None) for choices in found[:7]]) == found[7:]
    assert Random(trials=9, seed=3).proposed(AXES, []) == found[:9]
    alone = Random(trials=40, seed=3).proposed([UNITS], [])
    assert [choices[UNITS.name] for choices in alone] == [choices[UNITS.name] for choices in found]
    assert Random(trials=40, seed=4).proposed(AXES, []) != found


def test_what_is_drawn_lies_between_the_bounds_and_reaches_them():
    found = Random(trials=2000).proposed(AXES, [])
    units = [choices[UNITS.name] for choices in found]
    assert all(type(number) is int for number in units)
    counts = np.bincount(units, minlength=10)
    assert set(np.flatnonzero(counts)) == set(range(2, 10)) and counts[2:].min() > 180
    rates = np.array([choices[RATE.name] for choices in found])
    assert rates.min() >= 1e-4 and rates.max() <= 1.0
    # Of every factor of ten a quarter.
    decades = np.bincount(np.floor(-np.log10(rates)).astype(int).clip(0, 3))
    assert decades.min() > 420
    assert all(float(f"{rate:.6g}") == rate for rate in rates)


def test_a_logarithmic_range_of_whole_numbers_has_both_ends():
    axis = Range("training.batch_size", 1, 8, is_log=True, is_whole=True)
    drawn = {choices[axis.name] for choices in Random(trials=500).proposed([axis], [])}
    assert drawn == set(range(1, 9))


@pytest.mark.parametrize(
    ("objective", "goal", "is_highest"),
    [
        ("validation_loss", "best", False),
        ("validation_accuracy", "best", True),
        ("test_rmse", "best", False),
        ("test_top3_accuracy", "best", True),
        ("test_psnr", "best", True),
        ("validation_accuracy", "lowest", False),
        ("validation_loss", "highest", True),
    ],
)
def test_what_is_better_is_known_of_every_figure_and_can_be_said(objective: str, goal: str, is_highest: bool):
    assert all(kind(objective=objective, goal=goal).seeks_highest is is_highest for kind in SEARCHES.values())


def bowl(search: Suggested, axes: tuple[Axis, ...] = AXES) -> list[Result]:
    """All trials of a sweep whose best rate is 0.01, and that fails with more than 7 units."""
    results: list[Result] = []
    while proposed := search.proposed(axes, results):
        for choices in proposed:
            figure = math.log10(choices[RATE.name] / 0.01) ** 2
            results.append((choices, None if choices[UNITS.name] > 7 else figure))
    return results


@pytest.mark.peers
def test_optuna_suggests_the_same_after_the_same_results_and_learns_from_them():
    pytest.importorskip("optuna")
    search = Suggested(trials=44, generation=10, seed=1)
    results = bowl(search)
    assert len(results) == 44 and results == bowl(search)
    assert search.proposed(AXES, results[:20]) == [choices for choices, _ in results[20:30]]
    assert search.proposed(AXES, results[:20]) != Suggested(trials=44, generation=10, seed=2).proposed(AXES, results[:20])
    tried = [abs(math.log10(choices[RATE.name] / 0.01)) for choices, _ in results]
    assert np.median(tried[30:]) < np.median(tried[:10])
    too_large = [choices[UNITS.name] > 7 for choices, _ in results]
    assert sum(too_large[-20:]) < 5
    for choices, _ in results:
        assert 1e-4 <= choices[RATE.name] <= 1 and choices[OPTIMIZER.name] in OPTIMIZER.values


def test_without_optuna_its_search_says_how_to_have_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.optional.is_installed", lambda name: False)
    with pytest.raises(Exception, match="pip install optuna"):
        Suggested().proposed(AXES, [])
