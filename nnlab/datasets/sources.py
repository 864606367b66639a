"""Where data comes from: one row per dataset that an experiment can name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.datasets.dataset import Dataset
from nnlab.datasets.digits import load_digits
from nnlab.datasets.drawn import load_drawn
from nnlab.datasets.files import load_files
from nnlab.datasets.mnist import FASHION_MNIST, MNIST, Published, load_published
from nnlab.datasets.sine import load_sine
from nnlab.datasets.toys import TOY_SHAPES, load_toy
from nnlab.report import Report, silent

if TYPE_CHECKING:
    from nnlab.datasets.settings import DatasetSettings


@dataclass(frozen=True)
class Source:
    """How to get a dataset; `made` ones come from the settings' points, noise and seed instead of from files.

    `about` says to a person where it comes from; `published` ones can be downloaded.
    """

    load: Callable[["DatasetSettings", Sequence[Path], Report, Path | None], Dataset]
    about: str
    made: bool = False
    published: Published | None = None


def _published(published: Published) -> Source:
    return Source(
        lambda settings, folders, report, cache: load_published(published, folders), published.about, published=published
    )


DATASETS: dict[str, Source] = {
    "digits": Source(lambda settings, folders, report, cache: load_digits(), "handwritten digits of 8x8, from scikit-learn"),
    **{published.name: _published(published) for published in (MNIST, FASHION_MNIST)},
    "file": Source(load_files, "your own data, from the file or folder dataset.path"),
    "drawn": Source(
        lambda settings, folders, report, cache: load_drawn(settings), "points in the plane, drawn in the window"
    ),
    **{
        toy: Source(
            lambda settings, folders, report, cache: load_toy(settings), "points in the plane, from a seed", made=True
        )
        for toy in TOY_SHAPES
    },
    "sine": Source(
        lambda settings, folders, report, cache: load_sine(settings),
        "a curve to learn, values instead of classes",
        made=True,
    ),
}


def load_dataset(
    settings: "DatasetSettings", folders: Sequence[Path] = (), report: Report = silent, cache: Path | None = None
) -> Dataset:
    """The dataset an experiment names, looked for in these folders where it comes from files.

    What takes long to read is kept in the folder `cache`, from where the next time it is mapped; None keeps it in memory.
    """
    return DATASETS[settings.name].load(settings, folders, report, cache)
