"""Of what a model is made: its tensors, and the width of its code. What views show that work at the press of a button."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.capabilities import coder_of
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection


@dataclass(frozen=True)
class ModelParts:
    """The parameters' tensors with their sizes (tensors,), and the width of the code or 0."""

    tensors: tuple[str, ...]
    sizes: Array
    code_dims: int


def probe_parts(scene: Scene, selection: Selection) -> ModelParts:
    """Costs nothing."""
    slices = scene.model.parameters.slices
    sizes = np.array([part.stop - part.start for part in slices.values()], np.intp)
    coder = coder_of(scene.model)
    return ModelParts(tuple(slices), sizes, coder.dims if coder else 0)
