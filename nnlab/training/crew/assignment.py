"""What a helper is told when it begins: everything by which it has the same model over the same numbers and examples."""

from dataclasses import dataclass

import numpy as np

from nnlab.datasets.augmentation import Augmentation
from nnlab.datasets.dataset import Examples
from nnlab.datasets.rows import mapping_of
from nnlab.datasets.scaling import Scaling
from nnlab.models.arrays import Array, Shape
from nnlab.models.model import ModelSettings
from nnlab.targets import Targets
from nnlab.training.crew.board import BoardPlan
from nnlab.training.crew.shared_block import SharedBlock, array_bytes
from nnlab.training.settings import TrainingSettings


@dataclass(frozen=True)
class SharedArray:
    """An array that another process can look at: in a block of its own, or mapped from the file that it comes from."""

    shape: Shape
    dtype: str
    block: SharedBlock | None = None
    path: str = ""
    offset: int = 0

    def open(self) -> Array:
        """The array as it is elsewhere."""
        if self.block is not None:
            return self.block.array(self.shape, self.dtype)
        mapped: Array = np.memmap(self.path, self.dtype, "r", self.offset, self.shape)
        return mapped


def shared(array: Array) -> SharedArray:
    """How others see an array; one that lies in this process's memory alone is copied once."""
    mapped = mapping_of(array)
    if mapped is not None and array.flags.c_contiguous:
        place = array.__array_interface__["data"][0] - mapped.__array_interface__["data"][0]
        return SharedArray(array.shape, array.dtype.str, path=str(mapped.filename), offset=mapped.offset + place)
    block = SharedBlock(array_bytes(array.shape, array.dtype))
    # Not taken from the block: it is opened from its first byte.
    np.copyto(SharedArray(array.shape, array.dtype.str, block).open(), array)
    return SharedArray(array.shape, array.dtype.str, block)


@dataclass(frozen=True)
class Assignment:
    """Of the helper who has this rank."""

    rank: int
    threads: int
    plan: BoardPlan
    board: SharedBlock
    inputs: SharedArray
    targets: SharedArray
    model: ModelSettings
    example_shape: Shape
    kind_of_targets: Targets
    settings: TrainingSettings
    scaling: Scaling
    augmentation: Augmentation | None

    def examples(self) -> Examples:
        """What it learns from."""
        return Examples(self.inputs.open(), self.targets.open())
