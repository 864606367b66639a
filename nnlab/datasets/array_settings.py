"""Which data is chosen, and what decides besides about its arrays."""

from dataclasses import dataclass
from typing import ClassVar

from nnlab.datasets.digits import DigitsSource
from nnlab.datasets.source import PREPARATION, Source
from nnlab.datasets.sources import DATASETS
from nnlab.settings import Settings, choice, setting


@dataclass(frozen=True)
class ArraySettings(Settings):
    """What decides which arrays there are. Two that are equal give the same ones, as long as no file changes."""

    section: ClassVar[str] = "dataset"

    source: Source = choice(
        DATASETS,
        DigitsSource(),
        "Dataset",
        help="digits: 1,797 pictures of 8x8, always at hand. mnist, fashion-mnist: 70,000 of 28x28, from IDX files. "
        "patches: small pieces of two photographs. file: your own, from a path. drawn: points drawn with the mouse. "
        "sine: a curve, of which a value is told, no class. The others are points in the plane, made from the seed.",
    )
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
        zero="all",
        group=PREPARATION,
        help="Only so many training examples, drawn by the data seed, with classes in the same shares.",
    )
    seed: int = setting(
        0,
        "Data seed",
        minimum=0,
        maximum=2**31 - 1,
        group=PREPARATION,
        help="Decides which examples validate, and where toy points fall.",
    )
