"""Where data comes from: one row per dataset that an experiment can name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.datasets.dataset import Dataset
from nnlab.datasets.digits import load_digits
from nnlab.datasets.drawn import load_drawn
from nnlab.datasets.files import load_files
from nnlab.datasets.mnist import FASHION_MNIST, MNIST, load_published
from nnlab.datasets.toys import TOY_SHAPES, load_toy
from nnlab.report import Report, silent

if TYPE_CHECKING:
    from nnlab.datasets.settings import DatasetSettings


@dataclass(frozen=True)
class Source:
    """How to get a dataset; `made` ones come from the settings' points, noise and seed instead of from files."""

    load: Callable[["DatasetSettings", Sequence[Path], Report], Dataset]
    made: bool = False


DATASETS: dict[str, Source] = {
    "digits": Source(lambda settings, folders, report: load_digits()),
    "mnist": Source(lambda settings, folders, report: load_published(MNIST, folders)),
    "fashion-mnist": Source(lambda settings, folders, report: load_published(FASHION_MNIST, folders)),
    "file": Source(load_files),
    "drawn": Source(lambda settings, folders, report: load_drawn(settings)),
    **{toy: Source(lambda settings, folders, report: load_toy(settings), made=True) for toy in TOY_SHAPES},
}


def load_dataset(settings: "DatasetSettings", folders: Sequence[Path] = (), report: Report = silent) -> Dataset:
    """The dataset an experiment names, looked for in these folders where it comes from files."""
    return DATASETS[settings.name].load(settings, folders, report)
