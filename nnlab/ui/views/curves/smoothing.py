"""Making long noisy curves fit a screen: the mean of what was seen around each step, and an envelope of few points."""

import numpy as np

from nnlab.models.arrays import Array

# About one point per pixel of a plot; a curve of more looks the same and takes longer to draw.
_MOST_POINTS = 800


def smoothed(epochs: Array, values: Array, width: float, start: float = 0.0) -> Array:
    """The mean over all examples that were seen within half of `width` epochs before and after the middle of each step:

        mean(m) = 1 / 2h  ∫ value(t) dt  from m - h to m + h,     h = min(width / 2, m - start, end - m)

    Row i is of the examples from epochs[i - 1] to epochs[i], of which values[i] is the mean, and m is half way between;
    value(t) is that of the row which t lies in. As much lies before m as after it, so that the mean of a line that falls
    evenly is that line: it lags nowhere. Towards both ends h shrinks, and the first row and the last are as they are. It
    counts examples and not steps, so that it means the same for every size of the batches; a step that alone saw as many
    as that is left as it is. Of a step that lies partly within the width the part counts. Before `start` there was nothing.

    epochs: done after each row, rising, with fractions (rows,)    values (rows,)
    Where some are not finite, all are returned as they are.
    """
    if width <= 0 or len(values) < 2 or not np.isfinite(values).all():
        return values
    ends = np.concatenate([[start], np.maximum.accumulate(np.maximum(epochs, start))])
    own = np.diff(ends)
    sums = np.concatenate([[0.0], np.cumsum(values * own)])
    middles = ends[1:] - own / 2
    half = np.minimum(np.minimum(middles - start, ends[-1] - middles), width / 2)
    # A row that fills the width is its own mean, to the last bit.
    is_alone = own >= 2 * half * (1 - 1e-9)
    seen = np.interp(middles + half, ends, sums) - np.interp(middles - half, ends, sums)
    means = seen / np.where(is_alone, 1.0, 2 * half)
    kept: Array = np.clip(np.where(is_alone, values, means), values.min(), values.max())
    return kept


def settled(epochs: Array, width: float) -> int:
    """How many rows, from the first on, have a quarter of the width behind them, or more: the means of those after them are
    of few batches, and would jump from frame to frame.

    All of a run that is no longer than the width, and of one whose rows are as long as that quarter.
    """
    if len(epochs) < 2 or epochs[-1] - epochs[0] <= width or epochs[-1] - epochs[-2] >= width / 4:
        return len(epochs)
    return int(np.searchsorted(epochs, epochs[-1] - width / 4, side="right"))


def envelope(x: Array, y: Array) -> tuple[Array, Array]:
    """At most some 800 points that look like the whole curve: the lowest and highest of each stretch, in order."""
    if len(x) <= _MOST_POINTS:
        return x, y
    stretch = -(-2 * len(x) // _MOST_POINTS)
    whole = len(x) // stretch * stretch
    parts = y[:whole].reshape(-1, stretch)
    starts = np.arange(len(parts)) * stretch
    picked = np.stack([parts.argmin(axis=1), parts.argmax(axis=1)], axis=1)
    picked.sort(axis=1)
    places = np.concatenate([(starts[:, None] + picked).ravel(), np.arange(whole, len(x))])
    return x[places], y[places]


def pieces(x: Array, y: Array, changes: list[int]) -> tuple[Array, Array]:
    """The envelope of each piece, with a gap before each of these places: no line leads from one to the next."""
    gap = np.full(1, np.nan)
    parts = [envelope(*part) for part in zip(np.split(x, changes), np.split(y, changes), strict=True)]
    parts = [part for part in parts if len(part[0])] or [(x, y)]
    joined = [numbers for part in parts for numbers in ((gap, gap), part)][1:]
    return np.concatenate([each for each, _ in joined]), np.concatenate([each for _, each in joined])
