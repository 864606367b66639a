"""Three clusters on a circle of radius 1."""

import numpy as np


def draw(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three clusters on a circle of radius 1.

    points (N, 2) and their classes (N,), before the noise
    """
    labels = np.arange(count) % 3
    angle = 2 * np.pi * labels / 3 + np.pi / 2
    centres = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return centres + rng.normal(0, 0.25, (count, 2)), labels
