"""The watch: takes a run's steps, and stops where a breakpoint becomes true."""

from collections.abc import Iterator, Mapping

from nnlab.errors import DivergedError
from nnlab.training.breakpoints import Breakpoint
from nnlab.training.events import Stop, with_event
from nnlab.training.first_not_finite import first_not_finite
from nnlab.training.last_finite import LastFinite, has_finite_numbers
from nnlab.training.loop import TrainingRun
from nnlab.training.step import Step

_NOTHING: frozenset[str] = frozenset()


class Watch:
    """A run as an iterator of Steps, with a look at the breakpoints in its settings after each:

        watch = Watch(run)
        for step in watch:
            if watch.stop is not None:
                break

    To go on is to call next again. A breakpoint stops when it becomes true, of one more subject than before; what it held of
    when it was looked at last is part of the run's state, and so of its files. A stop is an event that changes nothing.
    """

    def __init__(self, run: TrainingRun) -> None:
        self._run = run
        self.stop: Stop | None = None  # why it stands here; None where it was not stopped
        self._finite: LastFinite | None = None
        # What follows from the settings, found out once: of a small network the step itself takes no longer than that.
        self._known: tuple[Breakpoint, ...] = ()
        self._conditions: tuple[Breakpoint, ...] = ()
        self._guard: Breakpoint | None = None

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        """One update; StopIteration at the end, and with a `stop` where the next update would not be finite."""
        self.stop = None
        run = self._run
        if run.settings.stop_when is not self._known:
            self._follow(run.settings.stop_when)
        if not self._conditions:
            return next(run)
        step = next(run) if self._guard is None else self._guarded_step(self._guard)
        reasons, holding = [], {}
        for one in self._conditions:
            before = run.holding.get(one, _NOTHING) if run.holding else _NOTHING
            found = self._looked_at(one, step, before)
            if found:
                reasons += [words for subject, words in found.items() if subject not in before]
                holding[one] = frozenset(found)
        run.holding = holding
        if reasons:
            self._stop_for("; ".join(reasons))
        return step

    def let_go(self) -> None:
        """There are no breakpoints any more, and what stands at one does no longer."""
        self.stop = None
        self._follow(())

    def _follow(self, stop_when: tuple[Breakpoint, ...]) -> None:
        """Other breakpoints than before; what is gone, or switched off, holds no longer."""
        self._known = stop_when
        self._conditions = tuple(one for one in stop_when if one.on)
        self._guard = next((one for one in self._conditions if one.catches_divergence), None)
        if self._guard is None:
            self._finite = None
        self._run.holding = {one: of for one, of in self._run.holding.items() if one in self._conditions}

    def _looked_at(self, one: Breakpoint, step: Step, before: frozenset[str]) -> Mapping[str, str]:
        """What it holds of now; in between, and where there is not enough memory to look, what it held of before."""
        if one is self._guard:
            # It was told before this step; the next one ends training.
            return {"": ""} if before and not has_finite_numbers(self._run) else {}
        try:
            return one.found(self._run, step) if one.is_due(step) else dict.fromkeys(before, "")
        except MemoryError:
            return dict.fromkeys(before, "")

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
        run.holding = {**holding, guard: frozenset({""})}
        self._stop_for(f"step {run.step + 1:,} would not be finite, first of all {_origin(run)}")
        raise StopIteration

    def _stop_for(self, reason: str) -> None:
        self.stop = Stop(self._run.step, reason)
        self._run.events = with_event(self._run.events, self.stop)


def _origin(run: TrainingRun) -> str:
    """Of what is not finite in the next step."""
    try:
        return first_not_finite(run.replica()) or "its loss"
    except MemoryError:
        return "its loss (to look into it there is not enough memory)"
