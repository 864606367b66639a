"""Answers over the steps of a run: bounded, even, and nothing from the future."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnlab.probes.step_history import StepHistory


@given(st.lists(st.integers(1, 50), min_size=1, max_size=400), st.integers(4, 30))
def test_a_history_is_bounded_and_holds_its_ends(distances: list[int], most: int):
    history: StepHistory[int] = StepHistory(most)
    step = 0
    for distance in distances:
        history.add(step := step + distance, step)
        assert len(history.steps) <= most + 1
        assert history.steps == history.kept
        assert history.steps[-1] == step
        assert history.steps[0] == distances[0]
        assert all(np.diff(history.steps) > 0)


def test_a_history_stays_even():
    history: StepHistory[int] = StepHistory(20)
    for step in range(1000):
        history.add(step, step)
    gaps = np.diff(history.steps)[:-1]
    assert len(set(gaps.tolist())) == 1
    assert len(history.steps) >= 10


def test_a_run_that_goes_back_forgets_what_came_after():
    history: StepHistory[str] = StepHistory()
    for step in (1, 2, 3, 4):
        history.add(step, f"first {step}")
    history.add(2, "again")
    assert (history.steps, history.kept) == ([1, 2], ["first 1", "again"])


def test_spans_take_the_last_answer_before_them_and_none_from_the_future():
    history: StepHistory[int] = StepHistory()
    for step in (0, 10, 20):
        history.add(step, step)
    assert history.spread(0, 40, 9).tolist() == [0, 0, 1, 1, 2, 2, -1, -1, -1]


def test_two_histories_of_a_run_become_one_within_bounds():
    first, second = StepHistory[int](10), StepHistory[int](10)
    for step in (1, 2, 3, 8):
        first.add(step, step)
    for step in (2, 5, 9):
        second.add(step, step)
    both = first.joined(second)
    assert both.steps == both.kept == [1, 2, 3, 5, 8, 9]
    assert first.up_to(5).steps == [1, 2, 3]
    assert first.up_to(None).steps == first.steps == [1, 2, 3, 8]
    for step in range(10, 40):
        second.add(step, step)
    both = first.joined(second)
    assert len(both.steps) <= 10
    assert (both.steps[0], both.steps[-1]) == (1, 39)
    assert both.steps == both.kept == sorted(set(both.steps))
