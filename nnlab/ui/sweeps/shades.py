"""The colours of trials: the best stand out from the surface, the worst come close to it, in both themes."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from nnlab.models.arrays import Array
from nnlab.ui.theme import Theme

# So many are told apart, and drawn as so many items at most.
SHADES = 16


def shades(theme: Theme) -> list[QColor]:
    """Of viridis, from the worst to the best: the end that is nearest to the surface is left out."""
    low, high = (0.25, 1.0) if theme.is_dark else (0.85, 0.0)
    colors = pg.colormap.get("viridis").map(np.linspace(low, high, SHADES), mode="qcolor")
    return list(colors)


def shade_places(goodness: Array) -> Array:
    """Which of the shades each trial has (n,); -1 for those without an objective."""
    places = np.floor(np.nan_to_num(goodness, nan=0.0) * SHADES).clip(0, SHADES - 1)
    return np.where(np.isfinite(goodness), places, -1).astype(np.intp)


def by_shade(places: Array, chosen: Array) -> Sequence[Array]:
    """The chosen trials of each shade, as indices; the worst first, so that the best lie above."""
    return [np.flatnonzero(chosen & (places == shade)) for shade in range(SHADES)]
