"""How a model goes from examples to its code and back: autoencoders by their halves, RBMs by up and down."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.autoencoder import Autoencoder
from nnlab.models.model import Model
from nnlab.models.rbm import RBM


@dataclass(frozen=True)
class Coder:
    """encode: inputs (N, ...) to codes (N, dims)    decode: codes (N, dims) to inputs (N, ...)    both give copies."""

    dims: int
    encode: Callable[[Array], Array]
    decode: Callable[[Array], Array]


def coder_of(model: Model) -> Coder | None:
    """The model's code as flat vectors; None for a model that has none."""
    if isinstance(model, Autoencoder):
        shape, kind = model.code_shape, model.parameters.dtype
        return Coder(
            math.prod(shape),
            lambda inputs: model.encode(inputs).reshape(len(inputs), -1),
            lambda codes: model.decode(codes.astype(kind).reshape(len(codes), *shape)),
        )
    if isinstance(model, RBM):
        kind = model.parameters.dtype
        return Coder(
            model.hidden,
            model.hidden_probabilities,
            # Hidden units are probabilities: what lies beyond 0 ... 1 is no state of the machine.
            lambda codes: model.visible_means(np.clip(codes, 0, 1).astype(kind)),
        )
    return None
