"""The watch: takes a run's steps, and stops where a breakpoint becomes true."""

from collections.abc import Iterator

from nnlab.errors import DivergedError
from nnlab.training.breakpoints import Breakpoint
from nnlab.training.events import Stop, with_event
from nnlab.training.first_not_finite import first_not_finite
from nnlab.training.last_finite import LastFinite
from nnlab.training.looks import Looks
from nnlab.training.loop import TrainingRun
from nnlab.training.step import Step


class Watch:
    """A run as an iterator of Steps, with a look at the breakpoints in its settings after each:

        watch = Watch(run)
        for step in watch:
            if watch.stop is not None:
                break

    To go on is to call next again. A breakpoint stops when it becomes true, of one more subject than before; what it held of
    when it was looked at last is part of the run's state, and so of its files. A stop is an event that changes no number.
    """

    def __init__(self, run: TrainingRun) -> None:
        self._run = run
        self.stop: Stop | None = None  # why it stands here; None where it was not stopped
        self._looks = Looks(run)
        self._finite: LastFinite | None = None

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        """One update; StopIteration at the end, and with a `stop` where the next update would not be finite."""
        self.stop = None
        looks = self._looks
        looks.follow()
        if looks.guard is None:
            self._finite = None
        if not looks.conditions:
            return next(self._run)
        step = next(self._run) if looks.guard is None else self._guarded_step(looks.guard)
        if reasons := looks.take(step):
            self._stop_for("; ".join(reasons))
        return step

    def stretch(self) -> list[Step]:
        """One update, as a run's own stretch is several; none where training stands."""
        step = next(self, None)
        return [] if step is None else [step]

    def let_go(self) -> None:
        """There are no breakpoints any more, and what stands at one does no longer."""
        self.stop = self._finite = None
        self._looks.follow()

    def _guarded_step(self, guard: Breakpoint) -> Step:
        run = self._run
        if self._finite is None:
            self._finite = LastFinite(run)
        is_known, holding = guard in run.holding, run.holding
        try:
            if is_known or self._finite.begin_step():
                return next(run)
        except DivergedError:
            if is_known:
                raise
        self._finite.stand_there()
        run.holding = holding
        self._looks.stand_before_a_failure()
        self._stop_for(f"step {run.step + 1:,} would not be finite, first of all {_origin(run)}", is_before_failure=True)
        raise StopIteration

    def _stop_for(self, reason: str, is_before_failure: bool = False) -> None:
        self.stop = Stop(self._run.step, reason, is_before_failure)
        self._run.events = with_event(self._run.events, self.stop)


def _origin(run: TrainingRun) -> str:
    """Of what is not finite in the next step."""
    try:
        return first_not_finite(run.replica()) or "its loss"
    except MemoryError:
        return "its loss (to look into it there is not enough memory)"
