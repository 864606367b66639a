"""What is put between the layers of a model and what is wanted of them."""

from nnlab.models.layers.base import Layer
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Flatten

# Makes the one axis that some layers take of a picture.
TO_A_ROW: Layer = Flatten()


def to_outputs(count: int) -> Layer:
    """Makes so many numbers of any row."""
    return Dense(count)
