"""A file of weights and the model that they are for, as the window compares them."""

import math
from dataclasses import dataclass
from pathlib import Path

from nnlab.datasets import Dataset
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.imports.comparing import compared
from nnlab.experiments.imports.importing import Weights, begun_from
from nnlab.experiments.imports.offered import WeightsFile
from nnlab.experiments.imports.reading import read_weights
from nnlab.experiments.journal.continuation import Continuation
from nnlab.report import Report
from nnlab.training import TrainingRun
from nnlab.words import shown

_LONGEST_NAME = 60


@dataclass(frozen=True, eq=False)
class Found:
    """What was read, and a run of the experiment before its first step, which nobody else has."""

    experiment: Experiment
    run: TrainingRun
    path: Path
    file: WeightsFile

    def as_laid(self, layout: str) -> Weights:
        """Both beside each other, the file's tensors lying as is said."""
        run = self.run
        return Weights(self.path, compared(run.model, run.data.dataset.example_shape, self.file, layout))

    @property
    def name(self) -> str:
        """The file's, fit to be shown."""
        return shown(self.path.name, _LONGEST_NAME)

    def begun(self, weights: Weights, report: Report) -> Continuation:
        """From where a run goes on that begins from them; the numbers are read now."""
        return Continuation(self.experiment, begun_from(self.run, weights, report), self.run.data.scaling)


def found_in(experiment: Experiment, dataset: Dataset, path: Path, report: Report) -> Found:
    """Read what the file holds, and build the model."""
    report("reading which tensors are in it", math.nan)
    file = read_weights(path)
    report("building the model", math.nan)
    return Found(experiment, assemble(experiment, (), dataset), path, file)
