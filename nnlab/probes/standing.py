"""Where a run stands: what views show whose pictures are made at the press of a button."""

from dataclasses import dataclass

import numpy as np

from nnlab.models.arrays import Array
from nnlab.models.capabilities import coder_of
from nnlab.probes.moment import moment
from nnlab.probes.selection import Selection
from nnlab.training.loop import TrainingRun


@dataclass(frozen=True)
class RunStanding:
    """How many updates were made, the parameters' tensors with their sizes (tensors,), and the width of the code or 0."""

    step: int
    tensors: tuple[str, ...]
    sizes: Array
    code_dims: int
    edits: int = 0  # weights changed by hand
    kept_epoch: int = 0  # the epoch whose parameters were put back, if any were
    is_edited: bool = False  # whether some were changed by hand since training last moved them

    @property
    def moment(self) -> str:
        """Which parameters the model has."""
        return moment(self.step, self.kept_epoch, self.is_edited)

    def since(self, step: int, edits: int, kept_epoch: int = 0) -> str:
        """What has become of the model since it was at a step, after so many edits; empty if nothing."""
        if (self.step, self.kept_epoch) != (step, kept_epoch):
            return f"the model is now at {self.moment}"
        return "weights were changed by hand since" if self.edits != edits else ""


def has_stepped(run: TrainingRun) -> bool:
    """Whether the gradients are those of a last step: neither an untrained model has them nor one just read from a file."""
    # Until a step is made the optimizer's vectors hold nothing but zeros.
    return bool(run.vectors["scratch"].any())


def probe_standing(run: TrainingRun, selection: Selection) -> RunStanding:
    """Costs nothing."""
    slices = run.model.parameters.slices
    sizes = np.array([part.stop - part.start for part in slices.values()], np.intp)
    coder = coder_of(run.model)
    dims = coder.dims if coder else 0
    return RunStanding(run.number, tuple(slices), sizes, dims, run.edits, run.kept_epoch, bool(run.edited))
