"""A copy of all numbers of a model, to go back to: those of the best epoch, those before it diverged."""

from collections.abc import Mapping

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.model import Model


class KeptNumbers:
    """Parameters and buffers, always together: running statistics belong to the weights they were measured with."""

    def __init__(self, model: Model) -> None:
        self._live = {"parameters": model.parameters.values, "buffers": model.buffers.values}
        self._copies = {name: vector.copy() for name, vector in self._live.items()}

    def take(self, buffers: Array | None = None) -> None:
        """Copy the model's numbers as they are; or with these buffers, where a pass has moved its own since."""
        for name, copy in self._copies.items():
            np.copyto(copy, self._live[name])
        if buffers is not None:
            np.copyto(self._copies["buffers"], buffers)

    def put_back(self) -> None:
        """Give the model the numbers last taken."""
        for name, copy in self._copies.items():
            np.copyto(self._live[name], copy)

    @property
    def differing(self) -> dict[str, Array]:
        """The vectors that are no longer the model's own."""
        return {name: copy for name, copy in self._copies.items() if not np.array_equal(copy, self._live[name])}

    def restore(self, differing: Mapping[str, Array]) -> None:
        """What `differing` gave; what it left out is the model's own."""
        self.take()
        for name, vector in differing.items():
            np.copyto(self._copies[name], vector)


def vectors_of(name: str, vectors: Mapping[str, Array] | None) -> dict[str, Array]:
    """Those called name.parameters and name.buffers, by the last part."""
    prefix = f"{name}."
    return {key.removeprefix(prefix): vector for key, vector in (vectors or {}).items() if key.startswith(prefix)}
