"""Where one stands in time, in words that are the same everywhere."""

from nnlab.probes import Moment
from nnlab.words import counted


def ago(step: int, now: int) -> str:
    """Such as: step 312, 1,204 steps ago."""
    return f"step {step:,}, {counted(now - step, 'step')} ago"


def here(now: Moment) -> tuple[str, ...]:
    """The present, in full and in fewer words: the step; where an epoch was put back or a weight changed, what that left."""
    is_of_step = not now.is_edited and now.kept_epoch in (0, now.epoch)
    words = f"step {now.step:,}" if is_of_step else now.words
    return f"now, {words}", words
