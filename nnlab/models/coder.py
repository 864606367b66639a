"""How a model goes from examples to its code and back."""

from collections.abc import Callable
from dataclasses import dataclass

from nnlab.models.arrays import Array


@dataclass(frozen=True)
class Coder:
    """encode: inputs (N, ...) to codes (N, dims)    decode: codes (N, dims) to inputs (N, ...)    both give copies."""

    dims: int
    encode: Callable[[Array], Array]
    decode: Callable[[Array], Array]
