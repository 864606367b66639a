"""Two arms that wind 1.75 times around the centre."""

import numpy as np


def draw(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two arms that wind 1.75 times around the centre.

    points (N, 2) and their classes (N,), before the noise
    """
    labels = np.arange(count) % 2
    share = np.sqrt(rng.uniform(0.01, 1, count))
    angle = 3.5 * np.pi * share + np.pi * labels
    arms = np.stack([share * np.cos(angle), share * np.sin(angle)], axis=1)
    return arms * 1.5, labels
