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
    handle: str = ""
    path: str = ""
    offset: int = 0

    def open(self) -> Array:
        """The array as it is elsewhere."""
        if self.path:
            mapped: Array = np.memmap(self.path, self.dtype, "r", self.offset, self.shape)
            return mapped
        return SharedBlock(array_bytes(self.shape, self.dtype), self.handle).array(self.shape, self.dtype)


def shared(array: Array) -> tuple[SharedArray, SharedBlock | None]:
    """How others see an array, and the block that it was copied into where it lies in this process's memory alone."""
    mapped = mapping_of(array)
    if mapped is not None and array.flags.c_contiguous:
        place = array.__array_interface__["data"][0] - mapped.__array_interface__["data"][0]
        return SharedArray(array.shape, array.dtype.str, path=str(mapped.filename), offset=mapped.offset + place), None
    block = SharedBlock(array_bytes(array.shape, array.dtype))
    np.copyto(block.array(array.shape, array.dtype), array)
    return SharedArray(array.shape, array.dtype.str, handle=block.handle), block


@dataclass(frozen=True)
class Assignment:
    """Of the helper who has this rank."""

    rank: int
    owner: int  # the process that it ends with
    plan: BoardPlan
    board: str  # the handle of its block
    inputs: SharedArray
    targets: SharedArray
    model: ModelSettings
    example_shape: Shape
    kind_of_targets: Targets
    seed: int
    settings: TrainingSettings
    scaling: Scaling
    augmentation: Augmentation | None

    def examples(self) -> Examples:
        """What it learns from."""
        return Examples(self.inputs.open(), self.targets.open())
