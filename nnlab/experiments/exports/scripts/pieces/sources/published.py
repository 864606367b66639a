"""MNIST and its kin."""

from pathlib import Path

import numpy as np

from ..data.examples import Examples
from ..settings import DATASET
from .idx import read_idx


def read_examples(folder: Path) -> tuple[Examples, Examples]:
    """The examples to learn from and the test, from the four IDX files as published."""
    place = folder if folder.name == DATASET else folder / DATASET
    parts = []
    for part in ("train", "t10k"):
        pictures = read_idx(place / f"{part}-images-idx3-ubyte")
        labels = read_idx(place / f"{part}-labels-idx1-ubyte")
        parts.append(Examples(pictures[..., np.newaxis], labels.astype(np.intp)))
    return parts[0], parts[1]
