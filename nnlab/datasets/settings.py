"""What can be chosen about the data of an experiment."""

from dataclasses import dataclass, fields

from nnlab.datasets.array_settings import ArraySettings
from nnlab.datasets.augmentation import AugmentationSettings
from nnlab.datasets.scaling import SCALINGS
from nnlab.datasets.source import PREPARATION
from nnlab.settings import setting

# Augmentation that means something for pictures alone.
PICTURE_FIELDS = frozenset({"flip_horizontal", "flip_vertical", "shift", "rotation"})
# What says nothing about data without classes.
CLASS_FIELDS = frozenset({"label_noise"})


@dataclass(frozen=True)
class DatasetSettings(AugmentationSettings):
    """The [dataset] table: the source with its own settings, how it is prepared, split and scaled."""

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
        zero="off",
        group=PREPARATION,
        help="Share of the learning examples whose label is replaced by another class: shows what overfitting is.",
    )

    @property
    def arrays(self) -> ArraySettings:
        """The part that decides which arrays are loaded: settings that are alike in this need no second loading."""
        kept = {entry.name: getattr(self, entry.name) for entry in fields(ArraySettings)}
        if not (self.source.is_drawn_by_seed or self.examples):
            del kept["seed"]
        return ArraySettings(**kept)
