"""How fast the machine is said to be: right also by a clock that moves in coarse steps, as a thread's does on Windows."""

import pytest

from nnlab.models.layers.activations import ReLU
from nnlab.models.layers.dense import Dense
from nnlab.models.plan import plan_of
from nnlab.models.rates import Rates, measured_rates, seconds_of

WINDOWS = 1 / 64


class Worker:
    """Work that takes so long by a clock that moves in such steps, begun anywhere between two of them."""

    def __init__(self, seconds: float, step: float, begin: float = 0.0) -> None:
        self.seconds, self.step, self.now, self.times = seconds, step, begin, 0

    def __call__(self) -> None:
        self.now += self.seconds
        self.times += 1

    def clock(self) -> float:
        return self.now // self.step * self.step


@pytest.mark.parametrize("step", [1e-9, 1e-3, WINDOWS])
@pytest.mark.parametrize("seconds", [5e-5, 5e-4, 4e-3, 0.04])
@pytest.mark.parametrize("begin", [0.0, 0.001, 0.0155])
def test_what_work_takes_is_told_by_clocks_of_coarse_steps_too(seconds: float, step: float, begin: float):
    work = Worker(seconds, step, begin)
    assert seconds_of(work, work.clock) == pytest.approx(seconds, rel=0.25)
    # In the background, but cheap.
    assert work.times * seconds < max(0.1, 3 * seconds)


def test_a_clock_that_stands_still_is_not_waited_for():
    work = Worker(1e-3, 1e9)
    assert 0 < seconds_of(work, work.clock) < 1e-3
    assert work.times < 10_000


def test_this_machine_has_rates_and_what_lies_far_away_is_no_nearer():
    rates = measured_rates()
    assert min(rates.products, rates.numbers, rates.distant, rates.calls) > 0
    assert measured_rates() is rates


def test_a_step_takes_its_layers_and_what_goes_around_them():
    plans = plan_of((Dense(6), ReLU(), Dense(3)), (5,))
    rates = Rates(products=1e9, numbers=1e6, distant=5e5, calls=1e4)
    layers = sum(rates.seconds(plan, 7) for plan in plans)
    assert rates.step_seconds(plans, 7) == pytest.approx(layers + 3 * 5 * 7 / 1e6 + 130 / 1e4)
    # Larger batches cost no more calls.
    more = rates.step_seconds(plans, 8) - rates.step_seconds(plans, 7)
    assert more == pytest.approx(sum(plan.step / 1e9 + plan.moved / 1e6 for plan in plans) + 3 * 5 / 1e6)


def test_numbers_that_do_not_lie_in_the_caches_take_longer():
    (plan,) = plan_of((ReLU(),), (1000,))
    rates = Rates(products=1e9, numbers=1e6, distant=5e5)
    assert rates.seconds(plan, 1000) == pytest.approx(10 * rates.seconds(plan, 200))
