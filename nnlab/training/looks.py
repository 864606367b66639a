"""What the breakpoints of a run hold of, kept up step by step. To look stops nothing: that is the watch's."""

from collections.abc import Mapping

from nnlab.training.breakpoints import Breakpoint
from nnlab.training.last_finite import has_finite_numbers
from nnlab.training.loop import TrainingRun
from nnlab.training.step import Step

_NOTHING: frozenset[str] = frozenset()


class Looks:
    """At the breakpoints in the settings of a run, after each of its steps; what they hold of is part of the run's state.

    A watch looks so while a run is trained, and a replay where it was watched, so that both stand with the same.
    """

    def __init__(self, run: TrainingRun) -> None:
        self._run = run
        # What follows from the settings, found out once: of a small network the step itself takes no longer than that.
        self._known: tuple[Breakpoint, ...] | None = None
        self.conditions: tuple[Breakpoint, ...] = ()
        self.guard: Breakpoint | None = None  # that undoes a step whose numbers are not finite
        self.follow()

    def follow(self) -> None:
        """Other breakpoints than before; what is gone, or switched off, holds no longer."""
        run = self._run
        if run.settings.stop_when is self._known:
            return
        self._known = run.settings.stop_when
        self.conditions = tuple(one for one in self._known if one.on)
        self.guard = next((one for one in self.conditions if one.catches_divergence), None)
        run.holding = {one: of for one, of in run.holding.items() if one in self.conditions}

    def take(self, step: Step) -> list[str]:
        """A step was made: which became true by it, in words."""
        self.follow()
        run = self._run
        reasons, holding = [], {}
        for one in self.conditions:
            before = run.holding.get(one, _NOTHING) if run.holding else _NOTHING
            found = self._found(one, step, before)
            if found:
                reasons += [words for subject, words in found.items() if subject not in before]
                holding[one] = frozenset(found)
        run.holding = holding
        return reasons

    def stand_before_a_failure(self) -> None:
        """The next step would not be finite: that was told, and is not told again."""
        self.follow()
        if self.guard is not None:
            self._run.holding = {**self._run.holding, self.guard: frozenset({""})}

    def _found(self, one: Breakpoint, step: Step, before: frozenset[str]) -> Mapping[str, str]:
        """What it holds of now; in between, and where there is not enough memory to look, what it held of before."""
        if one is self.guard:
            # It was told before this step; the next one ends training.
            return {"": ""} if before and not has_finite_numbers(self._run) else {}
        try:
            return one.found(self._run, step) if one.is_due(step) else dict.fromkeys(before, "")
        except MemoryError:
            return dict.fromkeys(before, "")
