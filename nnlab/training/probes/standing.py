"""Where a run stands: what views show whose pictures are made at the press of a button."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.training.coder import coder_of
from nnlab.training.loop import TrainingRun
from nnlab.training.probes.selection import Selection


@dataclass(frozen=True)
class RunStanding:
    """How many updates were made, the parameters' tensors with their sizes (tensors,), and the width of the code or 0."""

    step: int
    tensors: tuple[str, ...]
    sizes: Array
    code_dims: int


def probe_standing(run: TrainingRun, selection: Selection) -> RunStanding:
    """Costs nothing."""
    slices = run.model.parameters.slices
    sizes = np.array([part.stop - part.start for part in slices.values()], np.intp)
    coder = coder_of(run.model)
    return RunStanding(run.number, tuple(slices), sizes, coder.dims if coder else 0)
