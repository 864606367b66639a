"""Points in the plane that a person drew; they live in the experiment itself."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.datasets.split import spread, stratified_split
from nnlab.errors import DatasetError
from nnlab.settings import Rows
from nnlab.targets import Classes

if TYPE_CHECKING:
    from nnlab.datasets.settings import DatasetSettings

CLASSES = "ABCDEFGHIJ"
TOO_FEW_CLASSES = "dataset.points: draw points of at least two classes"
# The plane that is offered to draw on reaches so far in all four directions, and further only around points beyond.
_REACH = 1.5
_DECIMALS = 3
# An experiment file holds so many with ease, and nobody draws more.
MOST_POINTS = 3000


def load_drawn(settings: "DatasetSettings") -> Dataset:
    """The points of the settings, a share of every class set apart as the test."""
    if is_blank(settings):
        raise DatasetError(TOO_FEW_CLASSES)
    return drawn_so_far(settings)


def drawn_so_far(settings: "DatasetSettings") -> Dataset:
    """The same, of however few points; there may be none at all."""
    table = np.array(settings.points, np.float32).reshape(-1, 3)
    labels = table[:, 2].astype(np.intp)
    classes = int(labels.max(initial=1)) + 1
    split = stratified_split(labels, settings.test, settings.seed)
    train, test = (Examples(table[index, :2].copy(), labels[index]) for index in (split.train, split.validation))
    return Dataset("drawn", "Drawn points", train, test, Classes(tuple(CLASSES[:classes])), source="drawn by hand")


def is_blank(settings: "DatasetSettings") -> bool:
    """Whether the data is a plane with points of fewer than two classes."""
    return settings.name == "drawn" and len({row[2] for row in settings.points}) < 2


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
