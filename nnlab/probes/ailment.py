"""Why a run does not learn, told from what is measured of it anyway: its losses, and how its numbers are spread.

Nothing is told unless two measures agree, so that a run that learns slowly, or is meant not to learn, is left in peace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from nnlab.models.arrays import Array
from nnlab.probes.distributions import Distributions

# Nothing is told of fewer steps or examples, nor of less than so many epochs or steps: the mean of fewer is chance.
_FEWEST_STEPS, _FEWEST_EXAMPLES, _FEWEST_EPOCHS, _ENOUGH_STEPS = 30, 1024, 2.0, 300
# So many looks in a row agree about what is flat; the pace is the middle one's.
LOOKS = 5
# The loss stands still where this share of it, or more, is left.
_STILL = 0.9
# It is beyond what an untrained model has: noise of the batches does not bring it there.
_RISEN = 1.1
# |update| / |weights| that is usual; beneath a twentieth of it nothing is learned in a while.
USUAL_PACE = 1e-3
_SLOW_PACE = USUAL_PACE / 20
# It gets no lower.
_STALLED = 0.98
_FEW_EXAMPLES, _MANY_EXAMPLES = 16, 256
# By how much of their size the weights come to move in the whole run, at most, for it to be far too slow.
_MOVED = 0.1


class Cause(Enum):
    """What keeps a run from learning."""

    DEAD = "a layer passes nothing on"
    SATURATED = "a layer lies on its flat sides"
    TOO_FAST = "the loss lies above that of an untrained model"
    TOO_SLOW = "the weights hardly move"


@dataclass(frozen=True)
class Flat:
    """All units of a layer are dead, or saturated."""

    cause: Cause
    layer: str
    units: int


@dataclass(frozen=True)
class Look:
    """What one look at the spread of the numbers says: the largest |update| / |weights| of all layers, and what is flat."""

    step: int
    pace: float
    flat: tuple[Flat, ...]


@dataclass(frozen=True)
class Ailment:
    """What keeps a run from learning; of a flat layer which, and whether it was so from the start.

    began, now: the mean loss of an untrained model, and of late    pace: |update| / |weights|
    """

    cause: Cause
    flat: Flat | None = None
    is_from_start: bool = False
    began: float = np.nan
    now: float = np.nan
    pace: float = np.nan


@dataclass(frozen=True, eq=False)
class Course:
    """How a run went: of its rows the steps, epochs and losses; `begin`, the step after which the loss that is descended now
    began to be; `changed`, the last after which anything was changed by hand; `fastest`, the largest pace of any look
    since; examples per step; and how many steps there are to be.
    """

    steps: Array
    epochs: Array
    losses: Array
    begin: int
    changed: int
    fastest: float
    batch: int
    total: int

    def _few_after(self, step: int, examples: int = _FEW_EXAMPLES) -> float:
        """The mean loss of rows right after a step, of so many that it is not that of a single example."""
        first = int(np.searchsorted(self.steps, step, side="right"))
        return float(self.losses[first : first - (-examples // self.batch)].mean())

    @property
    def began(self) -> float:
        """The loss of an untrained model; of more examples where no step has gone far."""
        return self._few_after(self.begin, _FEW_EXAMPLES if self.fastest >= _SLOW_PACE else _MANY_EXAMPLES)

    @property
    def began_since_change(self) -> float:
        """The loss with which the present settings began."""
        return self._few_after(self.changed)

    @property
    def since_change(self) -> Array:
        """The losses of steps made with the present settings."""
        return self.losses[int(np.searchsorted(self.steps, self.changed, side="right")) :]

    @property
    def is_long_enough(self) -> bool:
        """Whether there is enough to go by, the beginning included."""
        losses = self.since_change
        if (
            len(losses) < max(_FEWEST_STEPS, _FEWEST_EXAMPLES / self.batch)
            or not np.isfinite(losses).all()
            or self.steps[0] > len(self.steps)
        ):
            return False
        is_enough = len(losses) >= _ENOUGH_STEPS or self.epochs[-1] - self.epochs[-len(losses)] >= _FEWEST_EPOCHS
        return bool(is_enough and self.began > 0)


def look_at(step: int, found: Distributions) -> Look:
    """What counts of it. Outputs may lie at their bounds, so that of the last layer only death is told."""
    known = found.ratio[np.isfinite(found.ratio)]
    flat = []
    for row, (name, units) in enumerate(zip(found.outputs, found.units.tolist(), strict=True)):
        if units > 0 and found.dead[row] == units:
            flat.append(Flat(Cause.DEAD, name, units))
        if units > 0 and found.saturated[row] == units and row < len(found.units) - 1:
            flat.append(Flat(Cause.SATURATED, name, units))
    return Look(step, float(known.max()) if len(known) else np.nan, tuple(flat))


def ailment_of(course: Course, looks: Sequence[Look], before: Ailment | None = None) -> Ailment | None:
    """What keeps the run from learning, or None. looks: the first one, then the last ones in a row; before: what was found
    before, which stays until it is plainly over.
    """
    first, *last = looks
    if not course.is_long_enough or len(last) < LOOKS or last[0].step <= course.changed:
        return None
    losses = course.since_change
    quarter = len(losses) // 4
    earlier, now = float(losses[-2 * quarter : -quarter].mean()), float(losses[-quarter:].mean())
    began = course.began
    # np.median imports numpy.ma when it is first called, here on the window's thread.
    pace = float(np.sort([look.pace for look in last])[len(last) // 2])
    flat = next((flat for flat in last[-1].flat if all(flat in look.flat for look in last)), None)
    is_still = now >= _STILL * began
    if before is not None and (before.flat in last[-1].flat if before.flat else is_still and flat is None):
        return before
    found = Ailment(Cause.TOO_SLOW, flat, flat is not None and flat in first.flat, began, now, pace)
    if flat is not None and (now >= _STALLED * earlier if flat.cause is Cause.DEAD else is_still):
        return replace(found, cause=flat.cause)
    if now >= _RISEN * max(began, course.began_since_change):
        return replace(found, cause=Cause.TOO_FAST, flat=None)
    return replace(found, flat=None) if is_still and course.fastest < _SLOW_PACE and pace * course.total < _MOVED else None
