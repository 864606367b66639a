"""What all workloads learn from: MNIST, or where that is not here, pictures of its size drawn from a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.datasets import DATASETS, Dataset, DatasetSettings, Examples, load_dataset
from nnlab.errors import MissingDatasetError
from nnlab.models.arrays import Array
from nnlab.randomness import random_stream
from nnlab.targets import Classes

_COUNT, _SIZE, _CLASSES = 60_000, 28, 10


@dataclass(frozen=True)
class Pictures:
    """As nnlab has them, and as the peers want them: inputs (60000, 784) float32 in 0 ... 1, labels (60000,)."""

    dataset: Dataset
    inputs: Array
    labels: Array
    # Whether they are MNIST's; a step takes as long whatever a picture shows.
    is_mnist: bool


def load_pictures(folders: Sequence[Path]) -> Pictures:
    """Read or draw them, and scale them for the peers."""
    try:
        dataset, is_mnist = load_dataset(DatasetSettings(DATASETS["mnist"]()), folders), True
    except MissingDatasetError:
        dataset, is_mnist = _drawn(), False
    inputs = dataset.train.inputs.reshape(len(dataset.train), -1).astype(np.float32)
    return Pictures(dataset, np.multiply(inputs, np.float32(1 / 255), out=inputs), dataset.train.labels, is_mnist)


def _drawn() -> Dataset:
    """Grey pictures and classes by chance, the same at every call."""
    rng = random_stream(0, "benchmark")
    inputs = rng.integers(0, 256, (_COUNT, _SIZE, _SIZE, 1), np.uint8)
    examples = Examples(inputs, rng.integers(0, _CLASSES, _COUNT))
    few = Examples(examples.inputs[:_CLASSES], examples.targets[:_CLASSES])
    return Dataset("mnist", "pictures by chance, of MNIST's size", examples, few, Classes.of(map(str, range(_CLASSES))))
