"""Points in the plane."""

from pathlib import Path

import numpy as np

from ..data.examples import Examples
from ..randomness import random_stream
from ..settings import DATA_SEED, DATASET, NOISE, SAMPLES
from ..toys.xor import draw


def read_examples(folder: Path) -> tuple[Examples, Examples]:
    """Points to learn from, and half as many for the test; nothing is read."""
    parts = []
    for part, count in (("train", SAMPLES), ("test", max(SAMPLES // 2, 4))):
        rng = random_stream(DATA_SEED, f"{DATASET}.{part}")
        points, labels = draw(count, rng)
        points = points + rng.normal(0, NOISE, points.shape)
        parts.append(Examples(points.astype(np.float32), labels))
    return parts[0], parts[1]
