"""How a batch and the parameters are divided among hands, and how what each of them found becomes one."""

from collections.abc import Sequence

import numpy as np

from nnlab.datasets.split import Index
from nnlab.models.arrays import Array

# Slices of the parameters begin at cache lines.
_LINE = 16


def part_of(index: Index, rank: int, hands: int) -> Index:
    """The examples of a batch that are this hand's: the first hands have one more where it does not divide."""
    size, more = divmod(len(index), hands)
    start = rank * size + min(rank, more)
    return index[start : start + size + (rank < more)]


def slices_of(size: int, hands: int) -> tuple[slice, ...]:
    """The parameters that each hand updates."""
    lines = -(-size // _LINE)
    ends = [min(lines * rank // hands * _LINE, size) for rank in range(hands)] + [size]
    return tuple(slice(start, stop) for start, stop in zip(ends, ends[1:], strict=False))


def shares_of(count: int, hands: int) -> list[float]:
    """Of a batch of so many examples each hand's share."""
    size, more = divmod(count, hands)
    return [(size + (rank < more)) / count for rank in range(hands)]


def join(gradients: Sequence[Array], shares: Sequence[float], part: slice, out: Array) -> None:
    """out <- sum_r share_r g_r, over a slice of the parameters; always in the order of the hands. The g_r are used up.

    A hand without examples has no gradient.
    """
    if len(gradients) == 1:
        return
    total = out[part]
    np.multiply(gradients[0][part], shares[0], out=total)
    for gradient, share in zip(gradients[1:], shares[1:], strict=True):
        if share:
            own = gradient[part]
            np.add(total, np.multiply(own, share, out=own), out=total)


def first_part(rank: int) -> int:
    """The number of the first part of a hand's examples, by which it draws its random numbers: each part has its own."""
    return rank << 16


def joint_loss(losses: Sequence[float], shares: Sequence[float]) -> float:
    """The mean loss of a batch by those of the hands' parts; where one hand has all, its own."""
    return sum(loss * share for loss, share in zip(losses, shares, strict=True)) if len(losses) > 1 else losses[0]


def squares_of(gradient: Array, slices: Sequence[slice]) -> Array:
    """The sums of squares of slices of the gradient (hands,), as the hands find them."""
    return np.array([np.vdot(gradient[part], gradient[part]) for part in slices], np.float64)
