"""Where one stands in time, in words that are the same everywhere."""

from nnlab.words import counted


def ago(step: int, now: int) -> str:
    """Such as: step 312, 1,204 steps ago."""
    return f"step {step:,}, {counted(now - step, 'step')} ago"
