"""The arrays of the dataset that settings name."""

from collections.abc import Sequence
from pathlib import Path

from nnlab.datasets.array_settings import ArraySettings
from nnlab.datasets.dataset import Dataset
from nnlab.datasets.source import LoadRequest
from nnlab.report import Report, silent


def load_dataset(
    settings: ArraySettings, folders: Sequence[Path] = (), report: Report = silent, cache: Path | None = None
) -> Dataset:
    """The dataset an experiment names, looked for in these folders where it comes from files.

    What takes long to read is kept in the folder `cache`, from where the next time it is mapped; None keeps it in memory.
    """
    return settings.source.load(request_of(settings, folders, report, cache))


def request_of(settings: ArraySettings, folders: Sequence[Path], report: Report, cache: Path | None) -> LoadRequest:
    """What the settings ask of their source."""
    return LoadRequest(settings.seed, settings.layout == "flat", folders, report, cache)
