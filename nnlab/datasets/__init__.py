"""Datasets: arrays with names, and where they come from."""

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.datasets.loading import load_dataset
from nnlab.datasets.settings import DatasetSettings
from nnlab.datasets.sources import DATASETS

__all__ = ["DATASETS", "Dataset", "DatasetSettings", "Examples", "load_dataset"]
