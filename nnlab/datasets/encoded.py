"""A dataset seen through a trained encoder: its codes in place of its examples."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.datasets.scaling import Scaling

Encode = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.floating]]
_CHUNK = 1000


def seen_through(dataset: Dataset, encode: Encode, scaling: Scaling, name: str) -> Dataset:
    """Every example scaled as the encoder's own training data was, encoded, and flattened to (codes,)."""
    train, test = (_encoded(part, encode, scaling) for part in (dataset.train, dataset.test))
    return replace(dataset, title=f"{dataset.title} through {name}", train=train, test=test)


def _encoded(examples: Examples, encode: Encode, scaling: Scaling) -> Examples:
    codes = []
    for start in range(0, len(examples), _CHUNK):
        raw = examples.inputs[start : start + _CHUNK]
        scaled = scaling.apply(raw, out=np.empty(raw.shape, np.float32))
        codes.append(encode(scaled).reshape(len(raw), -1).astype(np.float32))
    return Examples(np.concatenate(codes), examples.labels)
