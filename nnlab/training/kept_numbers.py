"""Memory for one copy of a model's numbers, written over again and again: those of the best epoch, those to go back to."""

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.model import Model
from nnlab.training.checkpoint import Numbers, read_only


class KeptNumbers:
    """A place in memory for the parameters and buffers of one model."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._parameters, self._buffers = model.parameters.values.copy(), model.buffers.values.copy()

    @property
    def numbers(self) -> Numbers:
        """What was taken last; to be read before the next is taken."""
        return Numbers(read_only(self._parameters), read_only(self._buffers))

    def take(self, buffers: Array | None = None) -> None:
        """Copy the model's numbers as they are; or with these buffers, where a pass has moved its own since."""
        np.copyto(self._parameters, self._model.parameters.values)
        np.copyto(self._buffers, self._model.buffers.values if buffers is None else buffers)

    def take_from(self, numbers: Numbers) -> None:
        """Copy these."""
        np.copyto(self._parameters, numbers.parameters)
        np.copyto(self._buffers, numbers.buffers)

    def put_back(self) -> None:
        """Give the model the numbers last taken."""
        np.copyto(self._model.parameters.values, self._parameters)
        np.copyto(self._model.buffers.values, self._buffers)
