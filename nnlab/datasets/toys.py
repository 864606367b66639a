"""Points in the plane, made from a seed: problems small enough to see all of."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.randomness import random_stream
from nnlab.targets import Classes

if TYPE_CHECKING:
    from nnlab.datasets.settings import DatasetSettings

Points = tuple[npt.NDArray[np.floating], npt.NDArray[np.integer]]


def xor(count: int, rng: np.random.Generator) -> Points:
    """Four clusters at the corners (+-1, +-1); the class is whether the signs differ."""
    corner = np.arange(count) % 4
    points = np.stack([corner % 2, corner // 2], axis=1) * 2.0 - 1.0
    return points, (corner % 2 != corner // 2).astype(np.intp)


def circles(count: int, rng: np.random.Generator) -> Points:
    """A circle of radius 0.5 inside one of radius 1."""
    labels = np.arange(count) % 2
    angle = rng.uniform(0, 2 * np.pi, count)
    radius = np.where(labels == 1, 0.5, 1.0)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), labels


def moons(count: int, rng: np.random.Generator) -> Points:
    """Two half circles that reach into each other."""
    labels = np.arange(count) % 2
    angle = rng.uniform(0, np.pi, count)
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    return np.where(labels[:, None] == 0, upper, -upper), labels


def spirals(count: int, rng: np.random.Generator) -> Points:
    """Two arms that wind 1.75 times around the centre."""
    labels = np.arange(count) % 2
    share = np.sqrt(rng.uniform(0.01, 1, count))
    angle = 3.5 * np.pi * share + np.pi * labels
    return np.stack([share * np.cos(angle), share * np.sin(angle)], axis=1) * 1.5, labels


def gaussians(count: int, rng: np.random.Generator) -> Points:
    """Three clusters on a circle of radius 1."""
    labels = np.arange(count) % 3
    angle = 2 * np.pi * labels / 3 + np.pi / 2
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0, 0.25, (count, 2)), labels


TOY_SHAPES: dict[str, Callable[[int, np.random.Generator], Points]] = {
    "xor": xor,
    "circles": circles,
    "moons": moons,
    "spirals": spirals,
    "gaussians": gaussians,
}


def load_toy(settings: "DatasetSettings") -> Dataset:
    """The named shape with noise; the test points come from a stream of their own."""
    train = _points(settings, "train", settings.samples)
    test = _points(settings, "test", max(settings.samples // 2, 4))
    names = tuple("ABC"[: int(train.labels.max()) + 1])
    title = "XOR" if settings.name == "xor" else settings.name.capitalize()
    return Dataset(settings.name, title, train, test, Classes(names), source="made from the data seed")


def _points(settings: "DatasetSettings", part: str, count: int) -> Examples:
    rng = random_stream(settings.seed, f"{settings.name}.{part}")
    points, labels = TOY_SHAPES[settings.name](count, rng)
    points = points + rng.normal(0, settings.noise, points.shape)
    return Examples(points.astype(np.float32), labels.astype(np.intp))
