"""A file that a person opens: wished for, then read."""

from dataclasses import dataclass
from pathlib import Path

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.model_file import SavedModel


@dataclass(frozen=True)
class WantedFile:
    """A file that is to be opened once it has been read; `plays` where what it holds is to be trained at once."""

    path: Path
    plays: bool = False


@dataclass(frozen=True, eq=False)
class OpenedFile:
    """What a file held when it was read. Two readings are two, whatever they found: arrays are not compared."""

    path: Path
    experiment: Experiment
    saved: SavedModel | None = None
    plays: bool = False
