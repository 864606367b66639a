"""What a source of data is: its own settings, and how its arrays are loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nnlab.datasets.dataset import Dataset
from nnlab.datasets.mnist import Published
from nnlab.report import Report, silent
from nnlab.settings import Settings, setting

PREPARATION = "Preparation"


@dataclass(frozen=True)
class LoadRequest:
    """What is asked of a source, whichever it is.

    Files are looked for in the folders. What takes long to read is kept in the folder `cache`, from where the next time it
    is mapped; None keeps it in memory.
    """

    seed: int = 0
    is_flat: bool = False  # whether rows of numbers stay rows of numbers, though they may be pictures
    folders: Sequence[Path] = ()
    report: Report = silent
    cache: Path | None = None


@dataclass(frozen=True)
class Source(Settings):
    """Where data comes from, with settings of its own. Two that are equal load the same arrays of the same seed."""

    section: ClassVar[str] = "dataset.source"

    name: ClassVar[str]
    # Where it comes from, to a person.
    about: ClassVar[str]
    # Whether the seed decides about its arrays even where all examples are wanted.
    is_drawn_by_seed: ClassVar[bool] = False
    # Where it can be downloaded from.
    published: ClassVar[Published | None] = None

    @property
    def short_name(self) -> str:
        """What it is called while it is loaded."""
        return self.name

    def load(self, request: LoadRequest) -> Dataset:
        """Its arrays."""
        raise NotImplementedError


@dataclass(frozen=True)
class HeldOut(Source):
    """Data that brings no test examples."""

    test: float = setting(
        0.2,
        "Test",
        minimum=0.0,
        maximum=0.9,
        percent=True,
        group=PREPARATION,
        help="Share of the examples set apart as test, class by class, where the data brings no test examples of its own.",
    )


@dataclass(frozen=True)
class Made(Source):
    """Data that is made from a seed."""

    is_drawn_by_seed: ClassVar[bool] = True

    samples: int = setting(
        400,
        "Points",
        minimum=8,
        maximum=100_000,
        help="Points to learn from, those for validation included; half as many again are made for the test.",
    )
    noise: float = setting(
        0.1,
        "Noise",
        minimum=0.0,
        maximum=5.0,
        help="x ← x + e, e ~ N(0, noise²), in both coordinates; of the sine in its values.",
    )
