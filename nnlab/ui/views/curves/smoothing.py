"""Making long noisy curves fit a screen: an average that does not lag behind its numbers, and an envelope of few points."""

import numpy as np

from nnlab.models.arrays import Array

# About one point per pixel of a plot; a curve of more looks the same and takes longer to draw.
_MOST_POINTS = 800
# Of the numbers that there are, an average spans no more than this share: of five, none is the mean of all.
_LARGEST_SHARE = 4


def smoothed(values: Array, width: int) -> Array:
    """The mean of `width` numbers around each; near the ends, where the window reaches over them, the straight line through
    what it holds (least squares), read off at the number's own place.

    A mean of past numbers alone lags: of a falling loss it shows what was. In the middle of a window the line is the mean,
    so that a straight curve stays as it is everywhere. The result never leaves the range of the numbers. Where some are not
    finite, all are returned as they are.
    """
    count = len(values)
    half = min(width, count // _LARGEST_SHARE) // 2
    if half < 1 or not np.isfinite(values).all():
        return values
    places = np.arange(count)
    first, last = np.maximum(places - half, 0), np.minimum(places + half, count - 1)
    size, middle = last - first + 1, (first + last) / 2
    sums, moments = (np.concatenate(([0.0], np.cumsum(numbers))) for numbers in (values, places * values))
    total = sums[last + 1] - sums[first]
    lean = moments[last + 1] - moments[first] - middle * total
    line = total / size + lean / (size * (np.square(size) - 1.0) / 12) * (places - middle)
    kept: Array = np.clip(line, values.min(), values.max())
    return kept


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
