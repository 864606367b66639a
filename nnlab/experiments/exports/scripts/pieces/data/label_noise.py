"""False labels, which show what overfitting is."""

import numpy as np

from ..randomness import random_stream
from ..settings import CLASS_COUNT, DATA_SEED, LABEL_NOISE


def with_label_noise(labels: np.ndarray, learns: np.ndarray) -> np.ndarray:
    """LABEL_NOISE of those at these positions are replaced by another class each."""
    count = round(LABEL_NOISE * len(learns))
    rng = random_stream(DATA_SEED, "label noise")
    wrong = rng.permutation(learns)[:count]
    noisy = labels.copy()
    noisy[wrong] = (noisy[wrong] + rng.integers(1, CLASS_COUNT, count)) % CLASS_COUNT
    return noisy
