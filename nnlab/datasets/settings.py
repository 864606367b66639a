"""What can be chosen about the data of an experiment."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from nnlab.datasets.scaling import SCALINGS
from nnlab.datasets.sources import DATASETS
from nnlab.errors import SettingError
from nnlab.settings import Settings, describe, setting

_AUGMENTATION = "Augmentation"
_FARTHEST_POINT = 1_000_000
_PREPARATION = "Preparation"
# Augmentation that means something for pictures alone.
PICTURE_FIELDS = frozenset({"flip_horizontal", "flip_vertical", "shift", "rotation"})
# What the arrays of a person's own data depend on.
_OWN_FIELDS = ("path", "test_path", "label", "target", "exclude", "image_size", "color", "points", "test")


def _is_made(settings: "DatasetSettings") -> bool:
    return DATASETS[settings.name].made


def _is_file(settings: "DatasetSettings") -> bool:
    return settings.name == "file"


@dataclass(frozen=True)
class DatasetSettings(Settings):
    """The [dataset] table: which data, how it is split, how it is scaled."""

    section: ClassVar[str] = "dataset"

    name: str = setting(
        "digits",
        "Dataset",
        choices=tuple(DATASETS),
        help="digits: 1,797 pictures of 8x8, always at hand. mnist, fashion-mnist: 70,000 of 28x28, from IDX files. "
        "file: your own, from a path. drawn: points drawn with the mouse. sine: a curve, of which a value is told instead "
        "of a class. The others are points in the plane, made from the seed.",
    )
    path: str = setting(
        "",
        "Path",
        path=("file", "folder"),
        shown=_is_file,
        help="Your data: a CSV, .npy or .npz file, IDX files or their folder, or a folder with one sub-folder of pictures "
        "per class. What kind it is shows in its content.",
    )
    test_path: str = setting(
        "",
        "Test path",
        path=("file", "folder"),
        shown=_is_file,
        help="Test examples in another file of the same kind. Empty: see Test.",
    )
    label: str = setting(
        "auto",
        "Label",
        shown=_is_file,
        group=_PREPARATION,
        help="Which column of a CSV file holds the class or the value: auto, first, last, none, a column's name or number, "
        "or several with commas between: of classes each row has one 1.",
    )
    target: str = setting(
        "auto",
        "Target",
        choices=("auto", "classes", "values"),
        shown=_is_file,
        group=_PREPARATION,
        help="What the label is. classes: one of several. values: real numbers. auto: values where a chosen column, or an "
        "array of labels, holds numbers that could be no classes.",
    )
    exclude: str = setting(
        "auto",
        "Left out",
        shown=_is_file,
        group=_PREPARATION,
        help="Columns of a CSV file that are not learned from: names or numbers with commas between. auto: those that "
        "number or name the rows, dates, texts. none: nothing is left out. Both together: auto, colour.",
    )
    image_size: int = setting(
        0,
        "Image size",
        minimum=0,
        maximum=1024,
        unit="pixels",
        shown=_is_file,
        group=_PREPARATION,
        help="Pictures of a folder are resized to this height and width. 0: as they are, all of one size.",
    )
    color: str = setting(
        "auto",
        "Colour",
        choices=("auto", "grey", "rgb"),
        shown=_is_file,
        group=_PREPARATION,
        help="auto: colour where any picture of the folder has some.",
    )
    points: tuple[tuple[float, ...], ...] = setting(
        (), "Points", in_form=False, help="Points drawn with the mouse: rows of x, y and class."
    )
    samples: int = setting(
        400,
        "Points",
        minimum=8,
        maximum=100_000,
        shown=_is_made,
        help="Points to learn from, those for validation included; half as many again are made for the test.",
    )
    noise: float = setting(
        0.1,
        "Noise",
        minimum=0.0,
        maximum=5.0,
        shown=_is_made,
        help="Standard deviation added to both coordinates; of the sine, to its values.",
    )
    encoder: str = setting(
        "",
        "Encoder",
        path=("file",),
        group=_PREPARATION,
        help="A model file of a trained autoencoder or RBM: the data is then its codes of the data. Empty: the data itself.",
    )
    layout: str = setting(
        "auto",
        "Layout",
        choices=("auto", "flat"),
        group=_PREPARATION,
        help="auto: pictures stay pictures, and rows of 0 to 255 that fill a square become pictures. flat: one row of "
        "numbers for each example.",
    )
    classes: str = setting(
        "", "Classes", group=_PREPARATION, help="Only these classes, by name, with commas between: 0, 1, 7. Empty: all."
    )
    examples: int = setting(
        0,
        "Examples",
        minimum=0,
        maximum=100_000_000,
        group=_PREPARATION,
        help="Only so many training examples, drawn by the data seed, with classes in the same shares. 0: all.",
    )
    test: float = setting(
        0.2,
        "Test",
        minimum=0.0,
        maximum=0.9,
        percent=True,
        shown=lambda settings: settings.name in ("file", "drawn"),
        group=_PREPARATION,
        help="Share of the examples set apart as test, class by class, where the data brings no test examples of its own.",
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
        0,
        "Data seed",
        minimum=0,
        maximum=2**31 - 1,
        group=_PREPARATION,
        help="Decides which examples validate, and where toy points fall.",
    )

    label_noise: float = setting(
        0.0,
        "Label noise",
        minimum=0.0,
        maximum=1.0,
        percent=True,
        group=_PREPARATION,
        help="Share of the learning examples whose label is replaced by another class: shows what overfitting is.",
    )
    flip_horizontal: bool = setting(
        False, "Flip left-right", group=_AUGMENTATION, help="Every picture is mirrored in half of its appearances."
    )
    flip_vertical: bool = setting(
        False, "Flip up-down", group=_AUGMENTATION, help="Every picture is turned over in half of its appearances."
    )
    shift: int = setting(
        0,
        "Shift",
        minimum=0,
        maximum=64,
        unit="pixels",
        group=_AUGMENTATION,
        help="Pictures are moved by up to so many pixels in both directions, anew each time.",
    )
    rotation: float = setting(
        0.0,
        "Rotation",
        minimum=0.0,
        maximum=180.0,
        unit="°",
        group=_AUGMENTATION,
        help="Pictures are turned by up to so many degrees either way, anew each time.",
    )
    jitter: float = setting(
        0.0,
        "Noise on inputs",
        minimum=0.0,
        maximum=5.0,
        group=_AUGMENTATION,
        help="Standard deviation of normal noise added to every scaled input, anew each time.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for number, row in enumerate(self.points, 1):
            if len(row) != 3 or row[2] < 0 or row[2] != int(row[2]) or row[2] > 9:
                raise SettingError(f"dataset.points: row {number} is {list(row)}, expected x, y and a class from 0 to 9")
            if max(abs(row[0]), abs(row[1])) > _FARTHEST_POINT:
                raise SettingError(
                    f"dataset.points: row {number} lies beyond ±{_FARTHEST_POINT:,}; draw closer to the middle"
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

    def source(self) -> Self:
        """The part that decides which arrays are loaded: settings that are alike in this need no second loading."""
        is_own = self.name in ("file", "drawn")
        kept = ["name", "encoder", "layout", "classes", "examples", *(_OWN_FIELDS if is_own else ())]
        if _is_made(self):
            kept += ["samples", "noise"]
        if _is_made(self) or is_own or self.examples:
            kept += ["seed"]
        return type(self)(**{name: getattr(self, name) for name in kept})
