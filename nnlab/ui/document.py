"""The file of an experiment: where it is, and what stands there."""

from dataclasses import dataclass
from pathlib import Path

from nnlab.experiments.experiment import Experiment


@dataclass(frozen=True)
class Document:
    """saved is what the file holds, or what the experiment began as; near a folder in which its data may lie."""

    saved: Experiment
    path: Path | None = None
    near: Path | None = None
