"""Mean and spread over seeds, against tables and against many drawn numbers."""

import numpy as np
import pytest

from nnlab.experiments.seeds.spread import Spread, student_quantile

# Two-sided 5 % points of Student's t, as every statistics book has them.
TABLE = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 8: 2.306, 15: 2.131, 30: 2.042, 63: 1.998}


def spread_of(*values: float) -> Spread:
    return Spread(tuple(enumerate(values)))


@pytest.mark.parametrize(("degrees", "quantile"), TABLE.items())
def test_the_quantile_is_that_of_the_tables(degrees: int, quantile: float):
    assert student_quantile(degrees) == pytest.approx(quantile, rel=1e-2)


def test_the_deviation_is_of_a_sample_and_the_ends_are_named_by_their_seeds():
    spread = spread_of(0.95, 0.97, 0.93, 0.97)
    assert spread.mean == pytest.approx(0.955)
    assert spread.deviation == pytest.approx(np.std([0.95, 0.97, 0.93, 0.97], ddof=1))
    assert spread.extreme(True) == ((1, 3), 0.97) and spread.extreme(False) == ((2,), 0.93)


@pytest.mark.parametrize("value", [0.97, 0.1, 1 / 3])
def test_equal_figures_have_no_spread_at_all(value: float):
    spread = spread_of(*[value] * 9)
    assert (spread.mean, spread.deviation, spread.decimals) == (value, 0.0, 4)


def test_two_single_runs_differ_by_less_in_about_95_of_100_cases():
    rng = np.random.default_rng(0)
    drawn = rng.normal(0.9, 0.01, (4000, 11))
    inside = [abs(first - second) < (spread_of(*known).least_telling or 0) for *known, first, second in drawn.tolist()]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)
    covered = [abs(np.mean(known) - 0.9) < (spread_of(*known).mean_error or 0) for known in drawn[:, :9].tolist()]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.012)


def test_of_two_seeds_nothing_is_said_about_luck():
    assert spread_of(1.0, 2.0).least_telling is None and spread_of(1.0, 2.0).mean_error is None


@pytest.mark.parametrize(
    ("values", "decimals"), [((0.95, 0.98, 0.92), 2), ((0.95, 0.961, 0.94), 3), ((120.0, 150.0, 90.0), 0), ((1.0, 1.0), 4)]
)
def test_as_many_decimals_are_told_as_the_deviation_leaves_sense(values: tuple[float, ...], decimals: int):
    assert spread_of(*values).decimals == decimals
