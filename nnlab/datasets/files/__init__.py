"""The user's own files: what kind a path holds shows in its content, and each kind has a reader."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.datasets.dataset import Dataset
from nnlab.errors import DatasetError
from nnlab.report import Report

if TYPE_CHECKING:
    from nnlab.datasets.settings import DatasetSettings


def load_files(settings: "DatasetSettings", folders: Sequence[Path], report: Report) -> Dataset:
    """The data at settings.path, looked for as it stands and in the folders."""
    raise DatasetError("dataset.path: choose a file or folder")
