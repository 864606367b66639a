"""A curve to learn instead of classes: y = sin(x) with noise, made from a seed."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.datasets.source import LoadRequest, Made
from nnlab.randomness import random_stream
from nnlab.targets import Values


@dataclass(frozen=True)
class SineSource(Made):
    """One period: x evenly drawn from -pi ... pi, y = sin(x) + noise; the test points come from a stream of their own."""

    name: ClassVar[str] = "sine"
    about: ClassVar[str] = "a curve to learn, values instead of classes"

    def load(self, request: LoadRequest) -> Dataset:
        """Made anew."""
        train = self._points("train", self.samples, request.seed)
        test = self._points("test", max(self.samples // 2, 4), request.seed)
        source = "made from the data seed"
        return Dataset("sine", "Sine", train, test, Values(("y",)), source=source, feature_names=("x",))

    def _points(self, part: str, count: int, seed: int) -> Examples:
        rng = random_stream(seed, f"sine.{part}")
        x = rng.uniform(-np.pi, np.pi, (count, 1)).astype(np.float32)
        y = np.sin(x.astype(np.float64)) + rng.normal(0, self.noise, x.shape)
        return Examples(x, y)
