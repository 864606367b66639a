"""Where the axes of parallel coordinates stand, and where a trial's line goes through them. Pixels, y downwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.ui.sweeps.column import Column

# Room for names above and numbers beside the axes.
TOP, BOTTOM, LEFT, RIGHT = 34.0, 26.0, 40.0, 64.0


@dataclass(frozen=True)
class Frame:
    """The sheet that the axes stand on, and how many there are."""

    width: float
    height: float
    count: int

    @property
    def top(self) -> float:
        """Of the axes, where their upper ends lie."""
        return TOP

    @property
    def bottom(self) -> float:
        """Where their lower ends lie."""
        return max(self.height - BOTTOM, TOP + 1)

    @property
    def across(self) -> Array:
        """Where each axis stands (count,), equally far apart."""
        if self.count == 1:
            return np.array([self.width / 2])
        return np.linspace(LEFT, max(self.width - RIGHT, LEFT + 1), self.count)

    def down(self, shares: Array) -> Array:
        """Shares of an axis, 0 its lower end and 1 its upper one, as heights on the sheet."""
        return self.bottom - shares * (self.bottom - self.top)

    def share_at(self, y: float) -> float:
        """Which share of an axis lies at this height."""
        return float(np.clip((self.bottom - y) / (self.bottom - self.top), 0, 1))

    def axis_at(self, x: float, near: float) -> int | None:
        """The axis that stands at most so many pixels away."""
        away = np.abs(self.across - x)
        return int(away.argmin()) if len(away) and away.min() <= near else None


def lines(columns: Sequence[Column], frame: Frame) -> Array:
    """The points (trials, axes, 2) through which the lines go; NaN where a trial has no value."""
    across = np.broadcast_to(frame.across, (len(columns[0].values), len(columns)))
    down = np.column_stack([frame.down(column.shares()) for column in columns])
    return np.stack([across, down], axis=-1)


def joined(points: Array) -> tuple[Array, Array]:
    """Lines (n, axes, 2) as one curve with gaps between them: x and y."""
    gaps = np.full((len(points), 1, 2), np.nan)
    flat = np.concatenate([points, gaps], axis=1).reshape(-1, 2)
    return flat[:, 0], flat[:, 1]


def brushed(columns: Sequence[Column], brushes: Mapping[int, tuple[float, float]]) -> Array:
    """Which trials (n,) lie within all brushes: shares of an axis, from and to."""
    inside = np.ones(len(columns[0].values), bool)
    for place, (low, high) in brushes.items():
        shares = columns[place].shares()
        inside &= (shares >= low) & (shares <= high)
    return inside


def nearest_line(points: Array, x: float, y: float, near: float) -> int | None:
    """The line (of points (n, axes, 2)) that passes closest to a place, if that is near enough."""
    if not len(points) or points.shape[1] < 2:
        return None
    first, second = points[:, :-1], points[:, 1:]
    along = second - first
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip(((np.array([x, y]) - first) * along).sum(-1) / (along**2).sum(-1), 0, 1)
        away = np.hypot(*np.moveaxis(first + share[..., None] * along - (x, y), -1, 0))
    closest = np.nan_to_num(away, nan=np.inf).min(axis=1)
    return int(closest.argmin()) if closest.min() <= near else None
