"""A circle of radius 0.5 inside one of radius 1."""

import numpy as np


def draw(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A circle of radius 0.5 inside one of radius 1.

    points (N, 2) and their classes (N,), before the noise
    """
    labels = np.arange(count) % 2
    angle = rng.uniform(0, 2 * np.pi, count)
    radius = np.where(labels == 1, 0.5, 1.0)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), labels
