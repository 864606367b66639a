"""Targets as tests want them."""

from nnlab.targets import Classes


def numbered(count: int) -> Classes | None:
    """So many classes, called by their numbers; None for none."""
    return Classes.of(map(str, range(count)))
