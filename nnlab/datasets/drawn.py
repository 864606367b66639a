"""Points in the plane that a person drew; they live in the experiment itself."""

from dataclasses import dataclass
from typing import ClassVar, TypeGuard

import numpy as np
import numpy.typing as npt

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.datasets.source import HeldOut, LoadRequest, Source
from nnlab.datasets.split import spread, stratified_split
from nnlab.errors import DatasetError, SettingError
from nnlab.settings import Rows, setting
from nnlab.targets import Classes

CLASSES = "ABCDEFGHIJ"
TOO_FEW_CLASSES = "dataset.source.points: draw points of at least two classes"
# The plane that is offered to draw on reaches so far in all four directions, and further only around points beyond.
_REACH = 1.5
_DECIMALS = 3
_FARTHEST_POINT = 1_000_000
# An experiment file holds so many with ease, and nobody draws more.
MOST_POINTS = 3000


@dataclass(frozen=True)
class DrawnSource(HeldOut):
    """Points of a person's own, a share of every class set apart as the test."""

    name: ClassVar[str] = "drawn"
    about: ClassVar[str] = "points in the plane, drawn in the window"
    is_drawn_by_seed: ClassVar[bool] = True

    points: tuple[tuple[float, ...], ...] = setting(
        (), "Points", in_form=False, help="Points drawn with the mouse: rows of x, y and class."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for number, row in enumerate(self.points, 1):
            if len(row) != 3 or row[2] < 0 or row[2] != int(row[2]) or row[2] > 9:
                raise SettingError(
                    f"dataset.source.points: row {number} is {list(row)}, expected x, y and a class from 0 to 9"
                )
            if max(abs(row[0]), abs(row[1])) > _FARTHEST_POINT:
                raise SettingError(
                    f"dataset.source.points: row {number} lies beyond ±{_FARTHEST_POINT:,}; draw closer to the middle"
                )

    @property
    def is_blank(self) -> bool:
        """Whether the points are of fewer than two classes."""
        return len({row[2] for row in self.points}) < 2

    def load(self, request: LoadRequest) -> Dataset:
        """The points, of two classes at least."""
        if self.is_blank:
            raise DatasetError(TOO_FEW_CLASSES)
        return drawn_so_far(self, request.seed)


def drawn_so_far(source: DrawnSource, seed: int) -> Dataset:
    """The same, of however few points; there may be none at all."""
    table = np.array(source.points, np.float32).reshape(-1, 3)
    labels = table[:, 2].astype(np.intp)
    classes = int(labels.max(initial=1)) + 1
    split = stratified_split(labels, source.test, seed)
    train, test = (Examples(table[index, :2].copy(), labels[index]) for index in (split.train, split.validation))
    return Dataset("drawn", "Drawn points", train, test, Classes(tuple(CLASSES[:classes])), source="drawn by hand")


def is_blank(source: Source) -> TypeGuard[DrawnSource]:
    """Whether the data is a plane with points of fewer than two classes."""
    return isinstance(source, DrawnSource) and source.is_blank


def points_of(dataset: Dataset) -> Rows:
    """The training examples of a dataset in the plane as points that could have been drawn: to go on from a toy."""
    places = np.round(spread(dataset.train.inputs, MOST_POINTS).astype(float), _DECIMALS)
    labels = np.minimum(spread(dataset.train.labels, MOST_POINTS), len(CLASSES) - 1)
    return tuple((float(x), float(y), float(label)) for (x, y), label in zip(places, labels, strict=True))


def drawn_point(x: float, y: float, label: int) -> tuple[float, float, float]:
    """A row of the settings' points, as exact as a hand is."""
    return round(x, _DECIMALS), round(y, _DECIMALS), float(label)


def plane_reach(points: npt.ArrayLike) -> float:
    """How far the plane for these points (N, 2 or more) reaches from the origin; steps, so that axes hold still."""
    furthest = np.abs(np.asarray(points, float)[:, :2]).max(initial=0.0) if np.size(points) else 0.0
    reach = _REACH
    while reach < furthest:
        reach *= 2 if reach > _REACH else 4 / 3  # 1.5, 2, 4, 8, ...
    return reach
