"""Numbers on axes are round, in order, inside, and few."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnlab.experiments.run_report.ticks import linear_ticks, log_ticks, tick_text

SIZES = st.floats(1e-12, 1e12)


@given(st.floats(-1e9, 1e9), SIZES)
def test_a_linear_axis_has_a_few_round_numbers(low: float, span: float):
    high = low + span
    assume(span > 1e-6 * max(abs(low), abs(high)))
    ticks = linear_ticks(low, high)
    assert 1 <= len(ticks) <= 8 and ticks == sorted(set(ticks))
    assert all(low - span / 1000 <= tick <= high + span / 1000 for tick in ticks)
    if len(ticks) > 2:
        step = ticks[1] - ticks[0]
        digits = step / 10 ** math.floor(math.log10(step) + 1e-9)
        assert min(abs(digits - digit) for digit in (1, 2, 5, 10)) < 1e-3


@given(SIZES, st.floats(1.06, 1e12))
def test_a_logarithmic_axis_has_a_few_numbers_inside(low: float, ratio: float):
    ticks = log_ticks(low, low * ratio)
    assert 1 <= len(ticks) <= 10 and ticks == sorted(set(ticks))
    assert all(low * (1 - 1e-3) <= tick <= low * ratio * (1 + 1e-3) for tick in ticks)


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [
        (linear_ticks(0, 10), [0, 2, 4, 6, 8, 10]),
        (linear_ticks(0.0, 0.3), [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]),
        (linear_ticks(-1, 1), [-1, -0.5, 0, 0.5, 1]),
        (log_ticks(0.001, 10), [0.001, 0.01, 0.1, 1, 10]),
        (log_ticks(0.3, 3), [0.5, 1, 2]),
    ],
)
def test_usual_ranges(ticks: list[float], expected: list[float]):
    assert ticks == expected


def test_ticks_are_written_short():
    assert [tick_text(tick) for tick in (0.0, 0.1, 12.5, 1500.0, 1e-7, 2e6)] == [
        "0",
        "0.1",
        "12.5",
        "1,500",
        "1e−07",
        "2,000,000",
    ]
