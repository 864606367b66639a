"""Four clusters at the corners; the class is whether the signs differ."""

import numpy as np


def draw(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Four clusters at the corners; the class is whether the signs differ.

    points (N, 2) and their classes (N,), before the noise
    """
    corner = np.arange(count) % 4
    points = np.stack([corner % 2, corner // 2], axis=1) * 2.0 - 1.0
    return points, (corner % 2 != corner // 2).astype(np.intp)
