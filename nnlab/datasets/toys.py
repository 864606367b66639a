"""Points in the plane, made from a seed: problems small enough to see all of."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.datasets.source import LoadRequest, Made
from nnlab.randomness import random_stream
from nnlab.targets import Classes

Points = tuple[npt.NDArray[np.floating], npt.NDArray[np.integer]]


@dataclass(frozen=True)
class Toy(Made):
    """A shape with noise; the test points come from a stream of their own."""

    title: ClassVar[str]
    about: ClassVar[str] = "points in the plane, from a seed"

    def draw(self, count: int, rng: np.random.Generator) -> Points:
        """So many points (N, 2) and their classes (N,), before the noise."""
        raise NotImplementedError

    def load(self, request: LoadRequest) -> Dataset:
        """Made anew."""
        train = self._points("train", self.samples, request.seed)
        test = self._points("test", max(self.samples // 2, 4), request.seed)
        names = tuple("ABC"[: int(train.labels.max()) + 1])
        return Dataset(self.name, self.title, train, test, Classes(names), source="made from the data seed")

    def _points(self, part: str, count: int, seed: int) -> Examples:
        rng = random_stream(seed, f"{self.name}.{part}")
        points, labels = self.draw(count, rng)
        points = points + rng.normal(0, self.noise, points.shape)
        return Examples(points.astype(np.float32), labels.astype(np.intp))


class XOR(Toy):
    """Four clusters at the corners (+-1, +-1); the class is whether the signs differ."""

    name: ClassVar[str] = "xor"
    title: ClassVar[str] = "XOR"

    def draw(self, count: int, rng: np.random.Generator) -> Points:
        """Points and classes, before the noise."""
        corner = np.arange(count) % 4
        points = np.stack([corner % 2, corner // 2], axis=1) * 2.0 - 1.0
        return points, (corner % 2 != corner // 2).astype(np.intp)


class Circles(Toy):
    """A circle of radius 0.5 inside one of radius 1."""

    name: ClassVar[str] = "circles"
    title: ClassVar[str] = "Circles"

    def draw(self, count: int, rng: np.random.Generator) -> Points:
        """Points and classes, before the noise."""
        labels = np.arange(count) % 2
        angle = rng.uniform(0, 2 * np.pi, count)
        radius = np.where(labels == 1, 0.5, 1.0)
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), labels


class Moons(Toy):
    """Two half circles that reach into each other."""

    name: ClassVar[str] = "moons"
    title: ClassVar[str] = "Moons"

    def draw(self, count: int, rng: np.random.Generator) -> Points:
        """Points and classes, before the noise."""
        labels = np.arange(count) % 2
        angle = rng.uniform(0, np.pi, count)
        upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
        return np.where(labels[:, None] == 0, upper, -upper), labels


class Spirals(Toy):
    """Two arms that wind 1.75 times around the centre."""

    name: ClassVar[str] = "spirals"
    title: ClassVar[str] = "Spirals"

    def draw(self, count: int, rng: np.random.Generator) -> Points:
        """Points and classes, before the noise."""
        labels = np.arange(count) % 2
        share = np.sqrt(rng.uniform(0.01, 1, count))
        angle = 3.5 * np.pi * share + np.pi * labels
        return np.stack([share * np.cos(angle), share * np.sin(angle)], axis=1) * 1.5, labels


class Gaussians(Toy):
    """Three clusters on a circle of radius 1."""

    name: ClassVar[str] = "gaussians"
    title: ClassVar[str] = "Gaussians"

    def draw(self, count: int, rng: np.random.Generator) -> Points:
        """Points and classes, before the noise."""
        labels = np.arange(count) % 3
        angle = 2 * np.pi * labels / 3 + np.pi / 2
        return np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0, 0.25, (count, 2)), labels


TOYS: tuple[type[Toy], ...] = (XOR, Circles, Moons, Spirals, Gaussians)
