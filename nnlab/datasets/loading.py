"""The arrays of the dataset that settings name."""

from collections.abc import Sequence
from pathlib import Path

from nnlab.datasets.dataset import Dataset
from nnlab.datasets.settings import DatasetSettings
from nnlab.report import Report, silent


def load_dataset(
    settings: DatasetSettings, folders: Sequence[Path] = (), report: Report = silent, cache: Path | None = None
) -> Dataset:
    """The dataset an experiment names, looked for in these folders where it comes from files.

    What takes long to read is kept in the folder `cache`, from where the next time it is mapped; None keeps it in memory.
    """
    return settings.source.load(folders, report, cache)
