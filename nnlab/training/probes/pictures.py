"""Examples, and what models make of them, as pictures to look at."""

import math

import numpy as np
import numpy.typing as npt

from nnlab.datasets import Dataset
from nnlab.models.arrays import Array
from nnlab.training.data import TrainingData
from nnlab.training.probes.weights import as_rectangles

# Training examples that are looked through for how far a feature reaches.
_SOME = 1000

Pictures = npt.NDArray[np.uint8]


def as_pictures(data: TrainingData, scaled: Array) -> Pictures:
    """Examples as a model sees them (N, ...) as pictures (N, height, width, channels) of bytes."""
    with np.errstate(invalid="ignore", over="ignore"):
        return raw_pictures(data.dataset, data.scaling.undo(scaled.reshape(len(scaled), *data.dataset.example_shape)))


def raw_pictures(dataset: Dataset, raw: Array) -> Pictures:
    """Examples in the range of the data (N, *example_shape) as pictures (N, height, width, channels) of bytes.

    What is no picture becomes a rectangle of its numbers, from black at the lowest to white at the highest value that the
    feature takes among some training examples.
    """
    if not dataset.is_image:
        flat = raw.reshape(len(raw), -1)
        low, high = feature_range(dataset)
        raw = 255 * as_rectangles((flat - low) / np.where(high > low, high - low, 1))[..., None]
    if raw.dtype == np.uint8:
        return raw.copy()
    return np.asarray(np.clip(np.rint(np.nan_to_num(raw, nan=0.0, posinf=255.0, neginf=0.0)), 0, 255).astype(np.uint8))


def feature_range(dataset: Dataset) -> tuple[Array, Array]:
    """The least and the greatest number of every feature among some training examples (features,)."""
    some = np.asarray(dataset.train.inputs[:_SOME]).reshape(-1, math.prod(dataset.example_shape))
    return some.min(axis=0).astype(np.float32), some.max(axis=0).astype(np.float32)
