"""What a file of weights holds: its tensors, told of before any is read."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlab.errors import WeightsFileError
from nnlab.models.arrays import Array, Shape
from nnlab.words import shown

# No weights, though they stand among them: how many batches a mean is of, where random numbers are, what an optimizer keeps.
_OTHERS = re.compile(r"(.*[./])?(num_batches_tracked|seed_generator_state|_metadata)|optimizer[./].*|.*\.chains")
_NUMBERS = ("float16", "bfloat16", "float32", "float64")


@dataclass(frozen=True, eq=False)
class Offered:
    """A tensor of a file. kind is that of its numbers, such as float16; read gives them as float32 or float64."""

    name: str
    shape: Shape
    kind: str
    read: Callable[[], Array]

    @property
    def is_weight(self) -> bool:
        """Whether it could be one: what else lies beside weights is passed over."""
        return not _OTHERS.fullmatch(self.name)

    def numbers(self) -> Array:
        """As float32; raises WeightsFileError where they are no numbers that a model could have."""
        if self.kind not in _NUMBERS:
            raise WeightsFileError(
                f"{shown(self.name)} holds {self.kind}, expected {', '.join(_NUMBERS)}; save it as float32"
            )
        with np.errstate(over="ignore"):
            tensor = self.read().astype(np.float32)
        if not np.isfinite(tensor).all():
            raise WeightsFileError(
                f"{shown(self.name)} holds numbers that are not finite as float32; such weights are of no use"
            )
        return tensor


@dataclass(frozen=True, eq=False)
class WeightsFile:
    """The tensors of a file, in its order. is_own says that nnlab wrote it as a model, is_safetensors what it is."""

    tensors: tuple[Offered, ...]
    is_safetensors: bool = False
    is_own: bool = False
