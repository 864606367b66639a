"""The own settings of data from a person's files."""

from dataclasses import dataclass

from nnlab.datasets.source import PREPARATION, HeldOut
from nnlab.settings import setting


@dataclass(frozen=True)
class FileSettings(HeldOut):
    """Where the files lie, and what in them is what."""

    path: str = setting(
        "",
        "Path",
        path=("file", "folder"),
        help="Your data: a CSV, .npy or .npz file, IDX files or their folder, or a folder with one sub-folder of pictures "
        "per class. What kind it is shows in its content.",
    )
    test_path: str = setting(
        "",
        "Test path",
        path=("file", "folder"),
        help="Test examples in another file of the same kind. Empty: see Test.",
    )
    label: str = setting(
        "auto",
        "Label",
        takes_numbers=True,
        group=PREPARATION,
        help="Which column of a CSV file holds the class or the value: auto, first, last, none, a column's name or number, "
        "or several with commas between: of classes each row has one 1.",
    )
    target: str = setting(
        "auto",
        "Target",
        choices=("auto", "classes", "values"),
        group=PREPARATION,
        help="What the label is. classes: one of several. values: real numbers. auto: values where a chosen column, or an "
        "array of labels, holds numbers that could be no classes.",
    )
    exclude: str = setting(
        "auto",
        "Left out",
        takes_numbers=True,
        group=PREPARATION,
        help="Columns of a CSV file that are not learned from: names or numbers with commas between. auto: those that "
        "number or name the rows, dates, texts. none: nothing is left out. Both together: auto, colour.",
    )
    image_size: int = setting(
        0,
        "Image size",
        minimum=0,
        maximum=1024,
        zero="as it is",
        unit="pixels",
        group=PREPARATION,
        help="Pictures of a folder are resized to this height and width. As it is: all are of one size.",
    )
    color: str = setting(
        "auto",
        "Colour",
        choices=("auto", "grey", "rgb"),
        group=PREPARATION,
        help="auto: colour where any picture of the folder has some.",
    )
