"""How a run's numbers are spread, found again and again while it trains: a view that is opened late has it all."""

import math
import time

from nnlab.probes.answer import Answer
from nnlab.probes.distributions import ActivationMemory, probe_distributions
from nnlab.probes.scene import scene_of
from nnlab.probes.selection import START
from nnlab.probes.step_history import StepHistory
from nnlab.training.loop import TrainingRun

# The share of training's own time that may go into it, or a little of all time where that is more, as in slow motion, and
# seconds at once, so that a short run has more than its ends.
_SHARE, _SHARE_OF_ALL, _AT_ONCE = 0.003, 0.0007, 0.02


class DistributionRecord:
    """Bounded in memory by a StepHistory, and in time by what is left of its share."""

    def __init__(self) -> None:
        self.kept: StepHistory[Answer] = StepHistory()
        self._unsent: list[Answer] = []
        self._left, self._since = _AT_ONCE, _now()  # seconds that may be spent, as of when

    def follow(self, run: TrainingRun) -> None:
        """Look, if it is time to."""
        started = _now()
        worked, passed = started[0] - self._since[0], started[1] - self._since[1]
        # Not both: on a busy machine the clock runs on while others work.
        self._left = min(self._left + max(_SHARE * worked, _SHARE_OF_ALL * passed), _AT_ONCE)
        self._since = started
        if self._left <= 0 or not run.model.parameters.size:
            return
        try:
            self._look(run)
        except MemoryError:
            # Training may have room where a look besides it has none.
            self._left = -math.inf
            return
        self._since = _now()
        self._left -= self._since[0] - started[0]

    def _look(self, run: TrainingRun) -> None:
        scene = scene_of(run)
        answer = Answer(scene.moment, probe_distributions(scene, START, ActivationMemory()))
        self.kept.add(run.step, answer)
        self._unsent.append(answer)

    def hand_over(self) -> tuple[Answer, ...]:
        """What was found since the last time."""
        found, self._unsent = tuple(self._unsent), []
        return found

    def put_aside(self) -> None:
        """Whoever hears of the run next knows nothing of it."""
        self._unsent = list(self.kept.kept)


def _now() -> tuple[float, float]:
    """Seconds that this thread has worked, and of the clock: on a busy machine it works a part of the time."""
    return time.thread_time(), time.perf_counter()
