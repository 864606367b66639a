"""Fair times on a shared machine: contestants take turns, and rounds that other programs disturbed are left out."""

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# A sample is quiet when other programs took less than this share of a core away; the kernel counts in ticks of 10 ms.
_QUIET_SHARE, _TICKS = 0.05, 0.02
# Rounds are repeated for quiet ones up to this many times as often as asked.
_PATIENCE = 2
_LONGEST_WAIT = 1.5
# Worker threads of both sides spin for a while after their last task; then the next contestant has the cores to itself.
SETTLE = 0.15

_STATISTICS = Path("/proc/stat")


@dataclass(frozen=True)
class Sample:
    """One timed call: how long it took, and how many of the cores it needs other programs kept busy meanwhile."""

    seconds: float
    disturbance: float


@dataclass(frozen=True)
class Timing:
    """The median over the kept rounds, and the largest disturbance among them."""

    seconds: float
    disturbance: float


def take_turns(
    contestants: Mapping[str, Callable[[], object]],
    repeats: int,
    threads: int,
    before_each: Callable[[], object] = int,
    helpers: Sequence[int] = (),
) -> dict[str, Timing]:
    """Call all contestants in each round, each of them with so many threads; the medians over the quietest rounds.

    A round counts for all contestants or for none, so that their samples are from the same minutes. `before_each` round may
    raise, to end it. `helpers` are the numbers of processes that are no others.
    """
    rounds: list[dict[str, Sample]] = []
    while _count_quiet(rounds) < repeats and len(rounds) < _PATIENCE * repeats:
        before_each()
        rounds.append({name: _sample(call, threads, helpers) for name, call in contestants.items()})
    kept = sorted(rounds, key=_worst)[:repeats]
    return {
        name: Timing(
            statistics.median(samples[name].seconds for samples in kept),
            max(samples[name].disturbance for samples in kept),
        )
        for name in contestants
    }


def _sample(call: Callable[[], object], threads: int, helpers: Sequence[int]) -> Sample:
    _wait_for_quiet(threads, helpers)
    foreign, started = _foreign_seconds(helpers), time.perf_counter()
    call()
    seconds = time.perf_counter() - started
    return Sample(seconds, _disturbance(_foreign_seconds(helpers) - foreign - _TICKS, seconds, threads))


def _worst(samples: Mapping[str, Sample]) -> float:
    return max(sample.disturbance for sample in samples.values())


def _count_quiet(rounds: list[dict[str, Sample]]) -> int:
    return sum(_worst(samples) < _QUIET_SHARE for samples in rounds)


def _disturbance(foreign: float, seconds: float, threads: int) -> float:
    """Cores kept busy by others that were not to spare."""
    return max(foreign / seconds - max((os.cpu_count() or 1) - threads, 0), 0.0)


def _wait_for_quiet(threads: int, helpers: Sequence[int]) -> None:
    time.sleep(SETTLE)
    started = time.perf_counter()
    while time.perf_counter() - started < _LONGEST_WAIT:
        foreign, before = _foreign_seconds(helpers), time.perf_counter()
        time.sleep(0.2)
        others = _foreign_seconds(helpers) - foreign - _TICKS / 2
        if _disturbance(others, time.perf_counter() - before, threads) < _QUIET_SHARE:
            return


def _foreign_seconds(helpers: Sequence[int]) -> float:
    """CPU seconds used so far by all but this process and its helpers; constant where the system does not tell."""
    if not _STATISTICS.exists():
        return 0.0
    with _STATISTICS.open() as lines:
        user, nice, system, _, _, interrupts, soft, stolen = (int(word) for word in lines.readline().split()[1:9])
    own = os.times()
    busy = (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")
    return busy - own.user - own.system - own.children_user - own.children_system - sum(map(_seconds_of, helpers))


def _seconds_of(process: int) -> float:
    """CPU seconds of a process that goes on; of one that has ended they are among its parent's."""
    with suppress(OSError):
        words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, words[11:13])) / os.sysconf("SC_CLK_TCK")
    return 0.0
