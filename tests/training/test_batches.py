"""Which examples each step sees: every one once per epoch, in an order the seed decides, and never those held back."""

import math
from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.runs import numbered_run


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("batch_size", [1, 4, 5, 7, 20, 21, 1000])
def test_every_example_is_seen_exactly_once_per_epoch(batch_size: int, shuffle: bool):
    run, model = numbered_run(20, batch_size=batch_size, epochs=3, shuffle=shuffle)
    steps = list(run)
    per_epoch = math.ceil(20 / batch_size)
    assert len(steps) == 3 * per_epoch
    for epoch in range(3):
        batches = model.seen[epoch * per_epoch : (epoch + 1) * per_epoch]
        assert sorted(chain.from_iterable(batches)) == list(range(20))
        assert all(len(batch) == batch_size for batch in batches[:-1])


@given(st.lists(st.integers(1, 9), min_size=40, max_size=40))
def test_every_example_is_seen_exactly_once_also_while_the_batch_size_changes(sizes: list[int]):
    run, model = numbered_run(20, epochs=2)
    for size in sizes:
        run.settings = replace(run.settings, batch_size=size)
        if next(run, None) is None:
            break
    assert sorted(chain.from_iterable(model.seen)) == sorted([*range(20), *range(20)])


def test_shuffling_gives_each_epoch_an_order_of_its_own():
    run, model = numbered_run(20, batch_size=10, epochs=3)
    list(run)
    orders = {tuple(chain.from_iterable(model.seen[first : first + 2])) for first in (0, 2, 4)}
    assert len(orders) == 3
    assert tuple(range(20)) not in orders


def test_a_full_batch_is_read_in_the_order_of_the_data():
    run, model = numbered_run(20, batch_size=20, epochs=2)
    list(run)
    assert [list(batch) for batch in model.seen] == [list(range(20))] * 2


def test_without_shuffling_the_order_is_that_of_the_data():
    run, model = numbered_run(20, batch_size=6, epochs=2, shuffle=False)
    list(run)
    assert list(chain.from_iterable(model.seen)) == [*range(20), *range(20)]


def test_the_order_depends_on_the_seed_alone():
    orders = []
    for seed in (1, 1, 2):
        run, model = numbered_run(20, seed=seed)
        list(run)
        orders.append(model.seen)
    assert orders[0] == orders[1] != orders[2]


def test_those_who_validate_or_test_are_never_learned_from():
    run, model = numbered_run(60, validation=0.25, epochs=3)
    list(run)
    seen = set(chain.from_iterable(model.seen))
    assert seen == set(run.data.split.train.tolist())
    assert not seen & set(run.data.split.validation.tolist())
    assert max(seen) < 1_000_000


def test_a_full_batch_is_one_step_per_epoch_on_everything():
    run, model = numbered_run(20, batching="full-batch", batch_size=3, epochs=2)
    assert [step.examples for step in run] == [20, 20]
    assert [len(batch) for batch in model.seen] == [20, 20]


def test_single_samples_are_one_step_each():
    run, model = numbered_run(20, batching="single-sample", batch_size=3, epochs=2)
    steps = list(run)
    assert [step.examples for step in steps] == [1] * 40
    assert run.batches == 20
    assert sorted(chain.from_iterable(model.seen[:20])) == list(range(20))
