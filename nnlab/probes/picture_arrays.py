"""Examples, and what models make of them, as pictures to look at."""

import numpy as np
import numpy.typing as npt

from nnlab.datasets import Dataset
from nnlab.datasets.grey_range import BYTES, stretched
from nnlab.models.arrays import Array
from nnlab.probes.weights import as_rectangles
from nnlab.training.data import TrainingData

Pictures = npt.NDArray[np.uint8]


def as_pictures(data: TrainingData, scaled: Array) -> Pictures:
    """Examples as a model sees them (N, ...) as pictures (N, height, width, channels) of bytes."""
    with np.errstate(invalid="ignore", over="ignore"):
        return raw_pictures(data.dataset, data.scaling.undo(scaled.reshape(len(scaled), *data.dataset.example_shape)))


def raw_pictures(dataset: Dataset, raw: Array) -> Pictures:
    """Examples in the range of the data (N, *example_shape) as pictures (N, height, width, channels) of bytes.

    The data's black becomes 0 and its white 255. What is no picture becomes a rectangle of its numbers, from black at the
    lowest to white at the highest value that the feature takes among some training examples.
    """
    if not dataset.is_image:
        with np.errstate(invalid="ignore", over="ignore"):
            raw = 255 * as_shares(dataset, raw)
        return stretched(raw, BYTES)
    return stretched(raw, dataset.grey_range)


def as_shares(dataset: Dataset, raw: Array) -> Array:
    """Examples (N, features) as rectangles (N, height, width, 1): every number as its share of the feature's range."""
    low, high = dataset.feature_range
    shares = (raw.reshape(len(raw), len(low)) - low) / np.where(high > low, high - low, 1)
    return as_rectangles(shares.astype(np.float32))[..., None]
