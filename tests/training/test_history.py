"""The history: every step and epoch, in columns that grow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.training.history import History, Series, epoch_columns, step_columns
from tests.training.runs import toy_run


@given(st.lists(st.lists(st.floats(allow_nan=False), max_size=20), max_size=8))
def test_a_column_holds_all_numbers_in_order(portions: list[list[float]]):
    column = Series()
    for portion in portions:
        column.extend(portion)
    everything = [number for portion in portions for number in portion]
    assert len(column) == len(everything)
    assert column.values.tolist() == everything


@pytest.mark.parametrize("portion", [1, 700, 1024, 5000])
def test_a_column_keeps_what_it_holds_while_it_grows(portion: int):
    column, numbers = Series(), np.arange(5000) / 3
    for start in range(0, 5000, portion):
        column.extend(numbers[start : start + portion])
    np.testing.assert_array_equal(column.values, numbers)


def test_a_column_takes_what_can_be_gone_through_only_once():
    column = Series()
    column.extend(number / 2 for number in range(5000))
    np.testing.assert_array_equal(column.values, np.arange(5000) / 2)


@pytest.mark.parametrize("portion", [1, 3, 100])
def test_every_step_is_kept_however_they_arrive(portion: int):
    steps, history = list(toy_run(epochs=4)), History()
    for start in range(0, len(steps), portion):
        history.extend(steps[start : start + portion])
    for name, attribute in (("step", "number"), ("loss", "loss"), ("accuracy", "score"), ("learning_rate",) * 2):
        assert history.steps[name].values.tolist() == [getattr(step, attribute) for step in steps]
    assert {len(column) for column in history.steps.values()} == {20}


def test_the_epoch_of_a_step_has_fractions():
    history = History()
    history.extend(list(toy_run(epochs=2)))
    np.testing.assert_allclose(history.steps["epoch"].values, np.arange(1, 11) / 5)


def test_every_epochs_end_is_kept_with_its_step():
    steps, history = list(toy_run(epochs=3)), History()
    history.extend(steps)
    ends = [step.epoch_end for step in steps if step.epoch_end]
    expected = {
        "step": [5, 10, 15],
        "epoch": [1, 2, 3],
        "train_loss": [end.train_loss for end in ends],
        "train_accuracy": [end.train_score for end in ends],
        "validation_loss": [end.validation.loss for end in ends],
        "validation_accuracy": [end.validation.score for end in ends],
    }
    assert {name: column.values.tolist() for name, column in history.epochs.items()} == expected


def test_the_best_epoch_is_the_last_that_was_best():
    run, history = toy_run(epochs=6, learning_rate=0.5), History()
    assert history.best == {}
    history.extend(list(run))
    assert history.best["epoch"] == run.best.epoch
    assert history.best["validation_loss"] == history.epochs["validation_loss"].values.min()


@given(st.lists(st.integers(0, 40), max_size=12), st.sampled_from(["mean", "last"]))
def test_a_full_column_gets_coarser_however_its_numbers_arrive(portions: list[int], merging: str):
    column, numbers = Series(merging, most=8), np.arange(sum(portions)) ** 2.0
    for start, portion in zip(np.cumsum([0, *portions]), portions, strict=False):
        column.extend(numbers[start : start + portion])
        assert len(column) <= 8
    groups = numbers[: len(numbers) // column.stride * column.stride].reshape(-1, column.stride)
    np.testing.assert_allclose(column.values, groups.mean(axis=1) if merging == "mean" else groups[:, -1])
    # As fine as fits: a stride half as large would have needed more rows than there are.
    assert column.stride == 1 or len(numbers) // (column.stride // 2) > 8


def test_a_long_run_keeps_its_best_epoch_and_its_columns_aligned():
    steps, history = list(toy_run(epochs=9)), History(most=4)
    for step in steps:
        history.extend([step])
    assert history.stride == 16
    assert history.steps["step"].values.tolist() == [16, 32]
    np.testing.assert_allclose(history.steps["loss"].values, [np.mean([s.loss for s in steps[k : k + 16]]) for k in (0, 16)])
    best = max((step for step in steps if step.epoch_end and step.epoch_end.is_best), key=lambda step: step.number)
    assert history.best["epoch"] == best.epoch
    assert history.best["step"] == best.number
    assert history.best["validation_loss"] == best.epoch_end.validation.loss
    assert len({len(column) for column in history.epochs.values()}) == 1


def test_a_step_between_two_looks_at_the_clock_took_its_share_of_the_time():
    history = History()
    assert np.isnan(history.seconds_after(np.array([1.0]))).all() and history.seconds == 0
    history.note_time(10, 2.0)
    history.note_time(20, 7.0)
    history.note_time(20, 9.0)
    np.testing.assert_allclose(history.seconds_after(np.array([9, 10, 11, 20, 21])), [np.nan, 2.0, 2.5, 7.0, np.nan])
    assert history.seconds == 7.0


def test_a_run_that_went_back_has_spent_its_time_all_the_same():
    steps, history = list(toy_run(epochs=2)), History()
    history.note_time(0, 0.0)
    for some, seconds in ((steps[:6], 6.0), (steps[6:8], 8.0), (steps[6:], 13.0)):
        history.extend(some)
        history.note_time(some[-1].number, seconds)
    np.testing.assert_allclose(history.seconds_after(history.steps["step"].values), [1, 2, 3, 4, 5, 6, 7.75, 9.5, 11.25, 13])
    copy = history.copy()
    copy.forget_after(6)
    assert (copy.seconds, history.seconds) == (6.0, 13.0)


@pytest.mark.parametrize("most", [4, 8])
def test_the_times_of_a_long_run_get_coarser_and_stay_true(most: int):
    history = History(most=most)
    for number in range(30):
        history.note_time(number, number / 4)
    numbers = np.arange(history.times["step"].values[0], 30)
    np.testing.assert_allclose(history.seconds_after(numbers), numbers / 4)


def test_no_steps_add_nothing():
    history = History()
    history.extend([])
    assert set(history.steps) == set(step_columns("accuracy"))
    assert set(history.epochs) == set(epoch_columns("accuracy"))
    assert not any(len(column) for column in (*history.steps.values(), *history.epochs.values()))
