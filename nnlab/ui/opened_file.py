"""What was read from an experiment or a model file."""

from dataclasses import dataclass
from pathlib import Path

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.model_file import SavedModel


@dataclass(frozen=True)
class OpenedFile:
    """What a file holds; `runs` where the person has pressed Run meanwhile."""

    path: Path
    experiment: Experiment
    saved: SavedModel | None = None
    runs: bool = False
