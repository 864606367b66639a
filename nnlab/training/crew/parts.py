"""How a batch and the parameters are divided among helpers, and how what each of them found becomes one."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from nnlab.datasets.split import Index
from nnlab.models.arrays import Array

# More are no help on any machine that has a window.
MOST_HELPERS = 64
# Slices of the parameters begin at cache lines.
_LINE = 16


def part_of(index: Index, rank: int, helpers: int) -> Index:
    """The examples of a batch that are this hand's: the first helpers have one more where it does not divide."""
    size, more = divmod(len(index), helpers)
    start = rank * size + min(rank, more)
    return index[start : start + size + (rank < more)]


def learned_part(index: Index, rank: int, helpers: int, mixes_examples: bool) -> Index:
    """The examples that a hand learns from: its part, whose share may be nothing.

    Where examples act on each other, a hand that has none goes through the motions with one of another's: the others wait
    for it at every exchange.
    """
    part = part_of(index, rank, helpers)
    return part if len(part) or not mixes_examples else index[:1]


def slices_of(size: int, helpers: int) -> tuple[slice, ...]:
    """The parameters that each hand updates."""
    lines = -(-size // _LINE)
    ends = [min(lines * rank // helpers * _LINE, size) for rank in range(helpers)] + [size]
    return tuple(slice(start, stop) for start, stop in pairwise(ends))


def shares_of(count: int, helpers: int) -> list[float]:
    """Of a batch of so many examples each hand's share."""
    size, more = divmod(count, helpers)
    return [(size + (rank < more)) / count for rank in range(helpers)]


def join(gradients: Sequence[Array], shares: Sequence[float], part: slice, out: Array) -> None:
    """out <- sum_r share_r g_r, over a slice of the parameters; always in the order of the helpers. The g_r are used up.

    A hand without examples has no gradient.
    """
    if len(gradients) == 1:
        return
    for rank, (gradient, share) in enumerate(zip(gradients, shares, strict=True)):
        if share:
            add_share(gradient[part], share, out[part], is_first=not rank)


def add_share(gradient: Array, share: float, total: Array, is_first: bool) -> None:
    """total <- total + share g, or share g where it is the first; g is used up."""
    if is_first:
        np.multiply(gradient, share, out=total)
    else:
        np.add(total, np.multiply(gradient, share, out=gradient), out=total)


def first_part(rank: int) -> int:
    """The number of the first part of a hand's examples, by which it draws its random numbers: each part has its own."""
    return rank << 16


def joint_loss(losses: Sequence[float], shares: Sequence[float]) -> float:
    """The mean loss of a batch by those of the helpers' parts; where one hand has all, its own."""
    return sum(loss * share for loss, share in zip(losses, shares, strict=True)) if len(losses) > 1 else losses[0]


def squares_of(gradient: Array, slices: Sequence[slice]) -> Array:
    """The sums of squares of slices of the gradient (helpers,), as the helpers find them."""
    return np.array([np.vdot(gradient[part], gradient[part]) for part in slices], np.float64)
