"""How fast Run goes: at full speed, so many steps a second, or one step per press."""

import math

FULL_SPEED = math.inf
STEP_BY_STEP = 0.0
# Steps a second, from slow to fast.
PACES = (STEP_BY_STEP, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0, FULL_SPEED)
# Faster than that no screen shows every step.
_EACH_STEP_SHOWN = 15.0


def pace_words(pace: float) -> str:
    """For a menu."""
    if pace == STEP_BY_STEP:
        return "One step per press"
    return "Full speed" if pace == FULL_SPEED else f"{pace:g} {'step' if pace == 1 else 'steps'} a second"


def pace_text(pace: float) -> str:
    """The same where there is little room: at full speed what is chosen there."""
    if pace == STEP_BY_STEP:
        return "step"
    return "speed" if pace == FULL_SPEED else f"{pace:g}/s"


def beside(pace: float, way: int) -> float:
    """The next slower (-1) or faster (+1) one; the last one stays."""
    return PACES[min(max(PACES.index(pace) + way, 0), len(PACES) - 1)]


def shows_each_step(pace: float) -> bool:
    """Whether there is time to draw every step."""
    return pace <= _EACH_STEP_SHOWN
