"""Points in the plane that a person drew; they live in the experiment itself."""

from typing import TYPE_CHECKING

import numpy as np

from nnlab.datasets.dataset import Dataset, Examples
from nnlab.datasets.split import stratified_split
from nnlab.errors import DatasetError

if TYPE_CHECKING:
    from nnlab.datasets.settings import DatasetSettings


def load_drawn(settings: "DatasetSettings") -> Dataset:
    """The points of the settings, a share of every class set apart as the test."""
    table = np.array(settings.points, np.float32).reshape(-1, 3)
    labels = table[:, 2].astype(np.intp)
    if len(np.unique(labels)) < 2:
        raise DatasetError("dataset.points: draw points of at least two classes")
    classes = int(labels.max()) + 1
    split = stratified_split(labels, settings.test, settings.seed)
    train, test = (Examples(table[index, :2].copy(), labels[index]) for index in (split.train, split.validation))
    return Dataset("drawn", "Drawn points", train, test, tuple("ABCDEFGHIJ"[:classes]), source="drawn by hand")
