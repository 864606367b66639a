"""What helpers bring: the same steps by one process with one thread, and shared among several."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing

from cores import KEYS
from panels import Panel

from nnlab.experiments.benchmark.measuring import QUICK_STEPS, Measuring
from nnlab.experiments.benchmark.pictures import Pictures
from nnlab.experiments.benchmark.timing import take_turns
from nnlab.experiments.benchmark.together import Together
from nnlab.experiments.benchmark.workloads import WORKLOADS, Workload
from nnlab.experiments.computer import threads_within

_WARM_UP = 50


def by_helpers(pictures: Pictures, counts: Sequence[int], how: Measuring) -> Panel:
    """Milliseconds of a step against the number of processes that share it."""
    curves = {}
    for key, name in KEYS.items():
        workload = next(workload for workload in WORKLOADS if workload.key == key)
        curves[name] = _milliseconds(workload, pictures, counts, how)
    return Panel("Helpers that share every batch, one thread each", "processes", "ms a step", curves)


def _milliseconds(
    workload: Workload, pictures: Pictures, counts: Sequence[int], how: Measuring
) -> list[tuple[float, float]]:
    """Points (processes, ms): all take turns, and those of which no helpers came have none."""
    alone = workload.run(pictures.dataset)

    def steps() -> None:
        for _ in range(QUICK_STEPS):
            next(alone)

    calls: dict[int, Callable[[], object]] = {1: steps}
    numbers: list[int] = []
    with ExitStack() as stack, threads_within(1):
        for count in counts:
            if count > 1:
                together = stack.enter_context(closing(_Closed(workload, pictures, count)))
                if not together.trouble:
                    together.train(_WARM_UP)
                    numbers += together.process_numbers
                    calls[count] = lambda together=together: together.train(QUICK_STEPS)
        steps()
        timings = take_turns({str(count): call for count, call in calls.items()}, how.repeats, max(calls), helpers=numbers)
    return [(count, 1e3 * timings[str(count)].seconds / QUICK_STEPS) for count in calls]


class _Closed(Together):
    """Helpers that go when it is closed."""

    def __init__(self, workload: Workload, pictures: Pictures, count: int) -> None:
        super().__init__(workload.run(pictures.dataset), workload.experiment.model, count)

    close = Together.end
