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
    # A code is none of the columns it was made of.
    return replace(dataset, title=f"{dataset.title} through {name}", train=train, test=test, feature_names=())


def _encoded(examples: Examples, encode: Encode, scaling: Scaling) -> Examples:
    codes: npt.NDArray[np.float32] | None = None
    for start in range(0, len(examples), _CHUNK):
        raw = examples.inputs[start : start + _CHUNK]
        scaled = scaling.apply(raw, out=np.empty(raw.shape, np.float32))
        some = encode(scaled).reshape(len(raw), -1)
        if codes is None:
            codes = np.empty((len(examples), some.shape[1]), np.float32)
        codes[start : start + len(raw)] = some
    if codes is None:
        # How long a code is shows in that of a blank example too.
        blank = np.zeros((1, *examples.inputs.shape[1:]), np.float32)
        codes = np.empty((0, encode(blank).size), np.float32)
    return replace(examples, inputs=codes)
