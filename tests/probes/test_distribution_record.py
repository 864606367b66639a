"""How the numbers are spread is recorded while a run trains: cheaply, within bounds, and without a trace in the training."""

import time

import numpy as np
import pytest

import nnlab.probes.distribution_record as distribution_record
from nnlab.models import MLPSettings
from nnlab.models.layers import Dense, ReLU, Softmax
from nnlab.probes import START, look
from nnlab.probes.distribution_record import DistributionRecord
from tests.models.small_runs import digits_run

MODEL = MLPSettings(layers=(Dense(12), ReLU(), Dense(10), Softmax()))


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is due after every step."""
    monkeypatch.setattr(distribution_record, "_AT_ONCE", 1e9)


def test_what_is_recorded_is_what_the_view_would_have_seen(always: None) -> None:
    run, record = digits_run(MODEL), DistributionRecord()
    for _ in range(3):
        next(run)
        record.follow(run)
    assert record.kept.steps == [1, 2, 3]
    found, seen = record.kept.kept[-1].value, look(run, "distributions", START).value
    for quantity in ("weights", "gradients", "activations"):
        np.testing.assert_array_equal(getattr(found, quantity).shares, getattr(seen, quantity).shares)
    assert found.part == "validation" and found.is_fresh


def test_recording_leaves_no_trace_in_the_training(always: None) -> None:
    plain, recorded, record = digits_run(MODEL), digits_run(MODEL), DistributionRecord()
    for _ in range(10):
        assert next(plain).loss == next(recorded).loss
        record.follow(recorded)
    np.testing.assert_array_equal(plain.model.parameters.values, recorded.model.parameters.values)


def test_however_long_it_trains_no_more_than_so_many_are_kept(always: None) -> None:
    run, record = digits_run(MODEL, epochs=1000), DistributionRecord()
    for _ in range(3 * record.kept.most):
        next(run)
        record.follow(run)
        record.hand_over()
    assert len(record.kept.steps) <= record.kept.most
    assert record.kept.steps[0] == 1 and record.kept.steps[-1] == run.step


@pytest.mark.parametrize(
    ("pace", "least", "most"), [(1, 3, 4), (4, 3, 4), (100, 60, 75)], ids=["alone", "on a busy machine", "in slow motion"]
)
def test_it_looks_again_only_when_training_had_most_of_the_time(
    pace: int, least: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pace: so much faster the clock runs than the thread works. Of a thousand seconds of work 3 are its share."""
    now = [0.0]
    monkeypatch.setattr(time, "thread_time", lambda: now[0])
    monkeypatch.setattr(time, "perf_counter", lambda: pace * now[0])
    run, record = digits_run(MODEL), DistributionRecord()
    real = record._look

    def look_for_a_second(run: object) -> None:
        real(run)
        now[0] += 1.0

    monkeypatch.setattr(record, "_look", look_for_a_second)
    while now[0] < 1000:
        record.follow(run)
        now[0] += 1.0
    assert least <= len(record.hand_over()) <= most


def test_each_is_handed_over_once_and_all_again_to_who_takes_the_run_up(always: None) -> None:
    run, record = digits_run(MODEL), DistributionRecord()
    for _ in range(4):
        next(run)
        record.follow(run)
    assert [answer.moment.step for answer in record.hand_over()] == [1, 2, 3, 4]
    assert record.hand_over() == ()
    record.put_aside()
    assert [answer.moment.step for answer in record.hand_over()] == [1, 2, 3, 4]


def test_where_there_is_no_memory_for_it_training_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(distribution_record, "probe_distributions", fail)
    run, record = digits_run(MODEL), DistributionRecord()
    record.follow(run)
    record.follow(run)
    assert record.hand_over() == () and next(run).number == 1
