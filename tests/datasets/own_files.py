"""Makes the files that a person might bring, and reads them as the settings say."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.datasets import Dataset, load_dataset
from nnlab.errors import DatasetError
from tests.datasets.chosen import data_of
from tests.sentences import assert_one_sentence

SIDE = 8


def load(path: Path, cache: Path | None = None, **settings: Any) -> Dataset:
    """The dataset at a path."""
    return load_dataset(data_of("file", path=str(path), **settings), cache=cache)


def whole(path: Path, cache: Path | None = None, **settings: Any) -> Dataset:
    """The same with nothing set apart as a test: examples in the order of the file."""
    return load(path, cache, test=0.0, **settings)


def refused(path: Path, *words: str, **settings: Any) -> None:
    """It is refused in one sentence that holds these words."""
    with pytest.raises(DatasetError) as caught:
        load(path, **settings)
    assert_one_sentence(caught.value, *words)


def pixels(count: int, side: int = SIDE, seed: int = 0) -> np.ndarray:
    """Rows of bytes (count, side * side)."""
    return np.random.default_rng(seed).integers(0, 256, (count, side * side), np.uint8)


def write_csv(
    path: Path, rows: Iterable[Iterable[object]], header: Iterable[str] = (), end: str = "\n", delimiter: str = ","
) -> Path:
    """A table as text."""
    lines = [delimiter.join(header)] if header else []
    lines += [delimiter.join(str(cell) for cell in row) for row in rows]
    path.write_bytes((end.join(lines) + end).encode())
    return path


def kaggle_header(count: int, label: str = "label", first: int = 0) -> list[str]:
    """label, pixel0, pixel1 ... as in Kaggle's competitions."""
    return [label, *(f"pixel{place}" for place in range(first, first + count))]
