"""What the gallery learns beside the window: the pictures, and which data is not on this machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from nnlab.experiments.examples import EXAMPLES, lacking
from nnlab.report import Report


@dataclass(frozen=True)
class Seen:
    """By the examples' files: their pictures, where there are some, and the titles of the data that lies nowhere."""

    pictures: Mapping[str, QImage]
    missing: Mapping[str, str]


def see(folders: Sequence[Path], report: Report) -> Seen:
    """Read the pictures, and look for the data in these folders."""
    pictures, missing = {}, {}
    for number, example in enumerate(EXAMPLES):
        report("reading the examples", number / len(EXAMPLES))
        image = QImage(str(example.picture))
        if not image.isNull():
            # As the window paints them: that takes longer than reading them.
            pictures[example.file] = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        if titles := " and ".join(each.title for each in lacking(example, folders)):
            missing[example.file] = titles
    return Seen(pictures, missing)
