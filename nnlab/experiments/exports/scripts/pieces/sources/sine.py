"""A curve."""

from pathlib import Path

import numpy as np

from ..data.examples import Examples
from ..randomness import random_stream
from ..settings import DATA_SEED, NOISE, SAMPLES


def read_examples(folder: Path) -> tuple[Examples, Examples]:
    """One period of a sine: x evenly drawn, y = sin(x) + noise; nothing is read."""
    parts = []
    for part, count in (("train", SAMPLES), ("test", max(SAMPLES // 2, 4))):
        rng = random_stream(DATA_SEED, f"sine.{part}")
        x = rng.uniform(-np.pi, np.pi, (count, 1)).astype(np.float32)
        y = np.sin(x.astype(np.float64)) + rng.normal(0, NOISE, x.shape)
        parts.append(Examples(x, y))
    return parts[0], parts[1]
