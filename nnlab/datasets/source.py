"""What a source of data is: its own settings beside those that decide about the arrays of any, and how it is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from nnlab.datasets.dataset import Dataset
from nnlab.datasets.mnist import Published
from nnlab.report import Report
from nnlab.settings import Settings, setting

PREPARATION = "Preparation"


@dataclass(frozen=True)
class ArraySettings(Settings):
    """What decides, of whatever source, which arrays there are."""

    section: ClassVar[str] = "dataset"

    encoder: str = setting(
        "",
        "Encoder",
        path=("file",),
        group=PREPARATION,
        help="A model file of a trained autoencoder or RBM: the data is then its codes of the data. Empty: the data itself.",
    )
    layout: str = setting(
        "auto",
        "Layout",
        choices=("auto", "flat"),
        group=PREPARATION,
        help="auto: pictures stay pictures, and rows of 0 to 255 that fill a square become pictures. flat: one row of "
        "numbers for each example.",
    )
    classes: str = setting(
        "", "Classes", group=PREPARATION, help="Only these classes, by name, with commas between: 0, 1, 7. Empty: all."
    )
    examples: int = setting(
        0,
        "Examples",
        minimum=0,
        maximum=100_000_000,
        group=PREPARATION,
        help="Only so many training examples, drawn by the data seed, with classes in the same shares. 0: all.",
    )
    seed: int = setting(
        0,
        "Data seed",
        minimum=0,
        maximum=2**31 - 1,
        group=PREPARATION,
        help="Decides which examples validate, and where toy points fall.",
    )


@dataclass(frozen=True)
class Source(ArraySettings):
    """Where data comes from. Two that are equal load the same arrays."""

    name: ClassVar[str]
    # Where it comes from, to a person.
    about: ClassVar[str]
    # Whether the seed decides about its arrays even where all examples are wanted.
    is_drawn_by_seed: ClassVar[bool] = False
    # Where it can be downloaded from.
    published: ClassVar[Published | None] = None

    def load(self, folders: Sequence[Path], report: Report, cache: Path | None) -> Dataset:
        """Its arrays, looked for in these folders where they are files.

        What takes long to read is kept in the folder `cache`, from where the next time it is mapped; None keeps it in
        memory.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class HeldOutSettings(Settings):
    """Own settings of data that brings no test examples."""

    section: ClassVar[str] = "dataset"

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
class MadeSettings(Settings):
    """Own settings of data that is made from a seed."""

    section: ClassVar[str] = "dataset"

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
        help="Standard deviation added to both coordinates; of the sine, to its values.",
    )
