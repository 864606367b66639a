"""How the Inspector writes numbers."""

import math


def signed(value: float) -> str:
    """A number with its sign, as wide as any other: +0.1234, −3.21e−5."""
    if not math.isfinite(value):
        return f"{value:>7}"
    size = abs(value)
    text = f"{size:.4f}" if size >= 0.001 or size == 0 else f"{size:.2e}"
    if size >= 1000:
        text = f"{size:.4g}"
    return ("−" if value < 0 else "+") + text.replace("e-", "e−")


def rate_text(rate: float) -> str:
    """A learning rate, small as it may become: 0.05, 8.438e−10."""
    return f"{rate:.4g}".replace("e-", "e−")
