"""What can be chosen about the data of an experiment."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from nnlab.datasets.scaling import SCALINGS
from nnlab.datasets.sources import DATASETS
from nnlab.settings import Settings, setting


def _is_made(settings: "DatasetSettings") -> bool:
    return DATASETS[settings.name].made


@dataclass(frozen=True)
class DatasetSettings(Settings):
    """The [dataset] table: which data, how it is split, how it is scaled."""

    section: ClassVar[str] = "dataset"

    name: str = setting(
        "digits",
        "Dataset",
        choices=tuple(DATASETS),
        help="digits: 1,797 pictures of 8x8, always at hand. mnist, fashion-mnist: 70,000 of 28x28, from IDX files. "
        "The others are points in the plane, made from the seed.",
    )
    samples: int = setting(
        400,
        "Points",
        minimum=8,
        maximum=100_000,
        shown=_is_made,
        help="Training points; half as many again are made for the test.",
    )
    noise: float = setting(
        0.1, "Noise", minimum=0.0, maximum=5.0, shown=_is_made, help="Standard deviation added to both coordinates."
    )
    encoder: str = setting(
        "",
        "Encoder",
        help="A model file of a trained autoencoder or RBM: the data is then its codes of the data. Empty: the data itself.",
    )
    validation: float = setting(
        0.1,
        "Validation",
        minimum=0.0,
        maximum=0.9,
        percent=True,
        help="Share of the training examples held back to watch the loss on, class by class. The test set stays apart.",
    )
    scaling: str = setting(
        "unit",
        "Scaling",
        choices=SCALINGS,
        help="unit: to 0 … 1. symmetric: to −1 … 1. standard: (x − mean) / deviation, both of the training examples. "
        "none: as it is.",
    )
    seed: int = setting(
        0, "Data seed", minimum=0, maximum=2**31 - 1, help="Decides which examples validate, and where toy points fall."
    )

    def source(self) -> Self:
        """The part that decides which arrays are loaded: settings that are alike in this need no second loading."""
        plain = type(self)(name=self.name, encoder=self.encoder)
        return replace(plain, samples=self.samples, noise=self.noise, seed=self.seed) if _is_made(self) else plain
