"""How fast the machine is said to be: right also by a clock that moves in coarse steps, as a thread's does on Windows."""

import pytest

from nnlab.models.rates import seconds_of

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
