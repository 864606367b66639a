"""The gradient of a run as it stands, checked number by number on its next batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.gradient_check import EpsilonSweep, GradientCheck, check_gradient, step_off_kinks, sweep_epsilon
from nnlab.report import Report, silent
from nnlab.training.loop import TrainingRun

# Every entry costs two passes over the batch: more examples say no more about the code.
_MOST_EXAMPLES = 32


# Two checks are two, whatever they found: their arrays are not to be compared.
@dataclass(frozen=True, eq=False)
class GradientReport:
    """A check and a sweep of the step size, of the model on so many examples of its next batch.

    tensors: the parameters by name, with their slices of the vector and their shapes.
    """

    examples: int
    is_nudged: bool
    tensors: Mapping[str, tuple[slice, tuple[int, ...]]]
    check: GradientCheck
    sweep: EpsilonSweep

    def place_of(self, entry: int) -> tuple[str, tuple[int, ...]]:
        """The tensor in which the checked entry of this number lies, and where in it."""
        flat = int(self.check.index[entry])
        name = next(name for name, (part, _) in self.tensors.items() if part.start <= flat < part.stop)
        part, shape = self.tensors[name]
        return name, tuple(int(axis) for axis in np.unravel_index(flat - part.start, shape))


def check_run(run: TrainingRun, most: int = 500, report: Report = silent) -> GradientReport:
    """Check up to `most` parameters of the run's model, and sweep the step size over some of them. The run is a copy.

    A model that has made no step yet is moved off its kinks by a little noise.
    """
    model = run.model
    if not np.isfinite(model.parameters.values).all():
        raise ShapeError("gradient check: some parameters are not finite numbers; reset the run, with a lower learning rate")
    inputs, labels = (part.copy() for part in run.data.learning.gather(run.upcoming[:_MOST_EXAMPLES]))
    if is_nudged := run.step == 0:
        model.begin(inputs, 0, True)
        step_off_kinks(model.parameters, run.settings.seed)
    with np.errstate(over="ignore", invalid="ignore"):
        check = check_gradient(model, inputs, labels, most=most, report=lambda what, share: report(what, 0.7 * share))
        sweep = sweep_epsilon(model, inputs, labels, check.index, lambda what, share: report(what, 0.7 + 0.3 * share))
    tensors = {name: (part, model.parameters.shapes[name]) for name, part in model.parameters.slices.items()}
    return GradientReport(len(inputs), is_nudged, MappingProxyType(tensors), check, sweep)
