"""What a person opens: a file, or a run of the store as it was after some step; wished for, then read."""

from dataclasses import dataclass
from pathlib import Path

from nnlab.datasets import Dataset
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.continuation import Continuation


@dataclass(frozen=True)
class RunStep:
    """A run of the store after so many updates; None means after the last that was written."""

    number: int
    step: int | None = None

    @property
    def words(self) -> str:
        """What it is called."""
        return f"run {self.number:,}" + ("" if self.step is None else f" at step {self.step:,}")


Source = Path | RunStep


@dataclass(frozen=True)
class Wanted:
    """What is to be opened once it has been read; `plays` where it is to be trained at once."""

    source: Source
    plays: bool = False


@dataclass(frozen=True, eq=False)
class Opened:
    """What was found there. Two readings are two, whatever they found: arrays are not compared.

    path: of a file    continuation: of its model, which goes on as long as the experiment differs from that one's in live
    settings alone    dataset: where it is there already    caution: a sentence for the person
    """

    experiment: Experiment
    path: Path | None = None
    continuation: Continuation | None = None
    dataset: Dataset | None = None
    plays: bool = False
    caution: str = ""
