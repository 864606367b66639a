"""Schedules at points where the value is known by hand."""

import math
from itertools import pairwise

import pytest

from nnlab.models.schedules import SCHEDULES, PlateauWatch, Schedule, ScheduleTime, warmed_up

EPOCHS, DECAY, EVERY = 8, 0.5, 3

KNOWN = {
    "constant": {0: 1, 3.7: 1, 8: 1},
    "step": {0: 1, 2.99: 1, 3: 0.5, 5.5: 0.5, 6: 0.25, 9: 0.125},
    "exponential": {0: 1, 0.5: math.sqrt(0.5), 1: 0.5, 3: 0.125},
    "plateau": {0: 1, 8: 1},
    "cosine": {0: 1, 2: (1 + math.sqrt(0.5)) / 2, 4: 0.5, 6: (1 - math.sqrt(0.5)) / 2, 8: 0, 9: 0},
}


def schedule(name: str) -> Schedule:
    """With those numbers above that it has."""
    kind = SCHEDULES[name]
    return kind(
        **{own: value for own, value in {"decay": DECAY, "every": EVERY}.items() if own in kind.__dataclass_fields__}
    )


def test_every_schedule_has_a_row():
    assert set(KNOWN) == set(SCHEDULES)


@pytest.mark.parametrize(("name", "epoch"), [(name, epoch) for name, points in KNOWN.items() for epoch in points])
def test_the_factor_at_a_known_point(name: str, epoch: float):
    factor = schedule(name).factor(ScheduleTime(epoch, EPOCHS))
    assert factor == pytest.approx(KNOWN[name][epoch], abs=1e-12)


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_begins_with_the_rate_set_by_hand_and_never_raises_it(name: str):
    factors = [schedule(name).factor(ScheduleTime(tenth / 10, EPOCHS)) for tenth in range(100)]
    assert factors[0] == 1
    assert all(later <= earlier for earlier, later in pairwise(factors))
    assert min(factors) >= 0


@pytest.mark.parametrize("drops", [0, 1, 2, 5])
def test_a_plateau_drops_once_for_every_drop_counted(drops: int):
    assert schedule("plateau").factor(ScheduleTime(3, EPOCHS, drops)) == pytest.approx(DECAY**drops)


def test_a_drop_comes_after_so_many_epochs_without_a_new_lowest_loss():
    watch, drops = PlateauWatch(), []
    for loss in (5, 4, 4, 4.5, 3, 3, 3, 3, 3, 2):
        watch.see(loss, 2)
        drops.append(watch.drops)
    assert drops == [0, 0, 0, 1, 1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(("epoch", "warmup", "factor"), [(0, 0, 1), (0, 2, 0), (0.5, 2, 0.25), (2, 2, 1), (5, 2, 1)])
def test_a_rate_warms_up_linearly(epoch: float, warmup: float, factor: float):
    assert warmed_up(epoch, warmup) == pytest.approx(factor)
