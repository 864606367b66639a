"""The last step of a run whose numbers are all finite, to the bit: from a copy of some steps ago it is made again."""

import time

from nnlab.errors import DivergedError, OutOfMemoryError
from nnlab.models.arrays import is_finite
from nnlab.training.loop import TrainingRun

# Copying may take this share of the time of training.
_SHARE_OF_TIME = 0.01


class LastFinite:
    """Keeps a copy of a run's state now and then. How long ago that was decides how long it takes, and nothing else."""

    def __init__(self, run: TrainingRun) -> None:
        self._run = run
        self._keep()
        self._known = (run.step, run.settings, run.events)
        self._due = 0.0

    def begin_step(self) -> bool:
        """A step is about to be made; False where the numbers are not all finite already."""
        run, now = self._run, time.perf_counter()
        step, settings, events = self._known
        # What was changed since would not be in the steps made again.
        is_as_known = run.step == step and run.settings is settings and run.events is events
        if now >= self._due or not is_as_known:
            if not has_finite_numbers(run):
                return False
            self._keep()
            copied = time.perf_counter()
            self._due = copied + (copied - now) / _SHARE_OF_TIME
        self._known = (run.step + 1, run.settings, run.events)
        return True

    def stand_there(self) -> None:
        """The run fails in its next step, or has numbers that are not finite: take it to the last step that had none."""
        self._go_back()
        count = 0
        while self._makes_a_step():
            count += 1
        # Once more, so that the run stands as if it had been stopped there: with the gradient of that step, and its update.
        self._go_back()
        for _ in range(count):
            next(self._run)

    def _keep(self) -> None:
        try:
            self._checkpoint, self._evaluation = self._run.checkpoint.copy(), self._run.evaluation
            # Where the copy is of the last step itself, no step is made again that would tell of it.
            self._last_step = self._run.last_step.copy()
        except MemoryError:
            raise OutOfMemoryError(
                "there is not enough memory to keep a copy of the run, by which it stops before a step that is not finite; "
                "switch the breakpoint not_finite off, or close other programs"
            ) from None

    def _go_back(self) -> None:
        self._run.restore(self._checkpoint)
        self._run.recall(self._last_step)
        self._run.evaluation = self._evaluation

    def _makes_a_step(self) -> bool:
        try:
            return next(self._run, None) is not None and has_finite_numbers(self._run)
        except DivergedError:
            return False


def has_finite_numbers(run: TrainingRun) -> bool:
    """Whether all parameters and buffers are finite."""
    return is_finite(run.model.parameters.values) and is_finite(run.model.buffers.values)
