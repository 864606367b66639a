"""What can be chosen about the data of an experiment."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, ClassVar, Self

from nnlab.datasets.augmentation import AugmentationSettings
from nnlab.datasets.drawn import DrawnSettings
from nnlab.datasets.files.settings import FileSettings
from nnlab.datasets.scaling import SCALINGS
from nnlab.datasets.source import PREPARATION, MadeSettings, Source
from nnlab.datasets.sources import DATASETS
from nnlab.settings import Settings, describe, setting

# Augmentation that means something for pictures alone.
PICTURE_FIELDS = frozenset({"flip_horizontal", "flip_vertical", "shift", "rotation"})


@dataclass(frozen=True)
class _NamedSettings(Settings):
    """Which source is chosen."""

    section: ClassVar[str] = "dataset"

    name: str = setting(
        "digits",
        "Dataset",
        choices=tuple(DATASETS),
        help="digits: 1,797 pictures of 8x8, always at hand. mnist, fashion-mnist: 70,000 of 28x28, from IDX files. "
        "file: your own, from a path. drawn: points drawn with the mouse. sine: a curve, of which a value is told instead "
        "of a class. The others are points in the plane, made from the seed.",
    )


@dataclass(frozen=True)
class DatasetSettings(AugmentationSettings, MadeSettings, DrawnSettings, FileSettings, _NamedSettings):
    """The [dataset] table: which source with its own settings, how it is split, how it is scaled.

    The own settings of every source stand in one table; those of the chosen one count.
    """

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
    label_noise: float = setting(
        0.0,
        "Label noise",
        minimum=0.0,
        maximum=1.0,
        percent=True,
        group=PREPARATION,
        help="Share of the learning examples whose label is replaced by another class: shows what overfitting is.",
    )

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """A path without a name says that the data comes from a file; a column may be given as a number without quotes."""
        numbers = {name: str(table[name]) for name in ("label", "exclude") if type(table.get(name)) is int}
        table = {**table, **numbers}
        return super().from_table({"name": "file"} | dict(table) if table.get("path") else table)

    def to_table(self) -> dict[str, Any]:
        """As it stands in an experiment file: what matters for this source, and what is not as it was at first."""
        shown = {entry.name for entry in self.shown_fields() if describe(entry).in_form}
        defaults = {entry.name: entry.default for entry in fields(self)}
        return {
            name: value
            for name, value in super().to_table().items()
            if name in shown or getattr(self, name) != defaults[name]
        }

    def shown_fields(self) -> list[Field[Any]]:
        """Of what belongs to sources, only what the chosen one has."""
        own = {entry.name for source in DATASETS.values() for entry in fields(source)}
        others = own - {entry.name for entry in fields(DATASETS[self.name])}
        return [entry for entry in super().shown_fields() if entry.name not in others]

    @property
    def source(self) -> Source:
        """The part that decides which arrays are loaded: settings that are alike in this need no second loading."""
        kind = DATASETS[self.name]
        kept = {entry.name: getattr(self, entry.name) for entry in fields(kind)}
        if not (kind.is_drawn_by_seed or self.examples):
            del kept["seed"]
        return kind(**kept)
