"""A curve of a hundred thousand points with as many as can be seen: of each stretch its lowest and its highest."""

from itertools import pairwise

import numpy as np

from nnlab.models.arrays import Array


def fewer_points(x: Array, y: Array, stretches: int) -> tuple[Array, Array]:
    """The points (n,), or at most twice `stretches` of them in their order; a stretch without any number is one gap.

    The picture is the same: between its lowest and highest point a stretch is narrower than a pixel.
    """
    if len(x) <= 2 * stretches:
        return x, y
    edges = np.linspace(0, len(x), stretches + 1).astype(np.intp)
    kept: list[int] = []
    for first, last in pairwise(edges):
        part = y[first:last]
        known = np.flatnonzero(np.isfinite(part))
        if not len(known):
            kept.append(first)
            continue
        kept += sorted({int(first + known[part[known].argmin()]), int(first + known[part[known].argmax()])})
    return x[kept], y[kept]


def runs_of_numbers(x: Array, y: Array) -> list[tuple[Array, Array]]:
    """The stretches between gaps: a line must not lead across a point that is no number."""
    known = np.isfinite(x) & np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return [(x[first:last], y[first:last]) for first, last in zip(edges[::2], edges[1::2], strict=True)]
