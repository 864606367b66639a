"""A curve to learn instead of classes: y = sin(x) with noise, made from a seed."""

from typing import TYPE_CHECKING

import numpy as np

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.randomness import random_stream
from nnlab.targets import Values

if TYPE_CHECKING:
    from nnlab.datasets.settings import DatasetSettings


def load_sine(settings: "DatasetSettings") -> Dataset:
    """One period: x evenly drawn from -pi ... pi, y = sin(x) + noise; the test points come from a stream of their own."""
    train = _points(settings, "train", settings.samples)
    test = _points(settings, "test", max(settings.samples // 2, 4))
    source = "made from the data seed"
    return Dataset("sine", "Sine", train, test, Values(("y",)), source=source, feature_names=("x",))


def _points(settings: "DatasetSettings", part: str, count: int) -> Examples:
    rng = random_stream(settings.seed, f"sine.{part}")
    x = rng.uniform(-np.pi, np.pi, (count, 1)).astype(np.float32)
    y = np.sin(x.astype(np.float64)) + rng.normal(0, settings.noise, x.shape)
    return Examples(x, y)
