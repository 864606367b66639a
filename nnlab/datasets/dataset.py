"""What a dataset is: arrays with names."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.grey_range import BYTES, grey_range
from nnlab.datasets.names import Names
from nnlab.datasets.split import spread
from nnlab.datasets.table_columns import TableColumns
from nnlab.errors import DatasetError
from nnlab.targets import Targets, class_names

Numbers = npt.NDArray[np.float64]
Inputs = npt.NDArray[np.uint8 | np.float32 | np.float64]

# Examples that are looked through for the range of the features, so many at a time.
_SOME = 1000
_PORTION = 100
_LARGE = 64 << 20


@dataclass(frozen=True)
class Examples:
    """Inputs and their targets.

    inputs (N, height, width, channels) uint8 or (N, features) float32 or float64
    targets (N,) classes as whole numbers from 0, or (N, K) values as float64

    Rows that are pixels laid flat stay bytes; numbers that float32 may not tell apart are float64. The inputs may be mapped
    from a file that is larger than the memory: what goes through all of them does so in chunks. Without targets all are 0,
    and the dataset describes none. file_names are given where every example was a file of its own and none was left out.
    """

    inputs: Inputs
    targets: npt.NDArray[np.intp | np.float64]
    file_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.inputs) != len(self.targets):
            raise DatasetError(
                f"there are {len(self.inputs):,} examples but {len(self.targets):,} labels; they must be as many"
            )

    @cached_property
    def labels(self) -> npt.NDArray[np.intp]:
        """The classes (N,); all 0 where the targets are none."""
        if self.has_values:
            return np.zeros(len(self.inputs), np.intp)
        return self.targets  # type: ignore[return-value]

    @property
    def has_values(self) -> bool:
        """Whether the targets are values."""
        return self.targets.ndim == 2

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True)
class Dataset:
    """Training and test examples that never mix, and what is known about them."""

    name: str
    title: str
    train: Examples
    test: Examples
    targets: Targets
    source: str = ""
    licence: str = ""
    # How the columns of a table were read, as plain values; None where the data was no table.
    columns: Mapping[str, Any] | None = field(default=None, compare=False)
    # What stands above the numbers of an example in a table, "" where nothing does; empty where the data was no table.
    feature_names: tuple[str, ...] = ()
    # What the columns of a table were taken as; None where the data was no table.
    table: TableColumns | None = None
    # The checksum of the encoder whose codes the inputs are, "" where they are no codes.
    encoder: str = ""
    # How pictures that were no bytes became such: which number is white, by its kind.
    whites: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes; none where the targets are no classes."""
        return class_names(self.targets)

    @property
    def example_shape(self) -> tuple[int, ...]:
        """The shape of one example: (height, width, channels), or (features,)."""
        return self.train.inputs.shape[1:]

    @property
    def input_names(self) -> Names:
        """What the numbers of an example are called."""
        return Names(self.example_shape, () if self.is_image else self.feature_names)

    @cached_property
    def feature_range(self) -> tuple[Numbers, Numbers]:
        """The least and the greatest number of every feature (features,) among some training examples, evenly spread."""
        inputs, width = self.train.inputs, math.prod(self.example_shape)
        places = spread(np.arange(len(inputs)), _SOME)
        reaches = []
        # They may be large: a portion at a time.
        for start in range(0, len(places), _PORTION):
            some = np.asarray(inputs[places[start : start + _PORTION]]).reshape(-1, width)
            reaches.append((some.min(axis=0), some.max(axis=0)))
        lows, highs = zip(*reaches, strict=True)
        low, high = np.min(lows, axis=0).astype(np.float64), np.max(highs, axis=0).astype(np.float64)
        # They are handed out again and again.
        low.flags.writeable = high.flags.writeable = False
        return low, high

    @cached_property
    def grey_range(self) -> tuple[float, float]:
        """Black and white of the pictures, by the training examples, of large data by some; 0 and 255 where the inputs are
        no bytes.
        """
        inputs = self.train.inputs
        if inputs.dtype != np.uint8:
            return BYTES
        places = np.arange(len(inputs))
        return grey_range(inputs, places if inputs.nbytes <= _LARGE else spread(places, _SOME))

    @property
    def is_image(self) -> bool:
        """Whether examples are pictures."""
        return len(self.example_shape) == 3

    @property
    def is_plane(self) -> bool:
        """Whether examples are points in the plane, so that a decision boundary can be drawn."""
        return self.example_shape == (2,)
