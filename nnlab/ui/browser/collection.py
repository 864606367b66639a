"""The examples of the three parts of the data, found by their position. Reads only what is asked for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nnlab.datasets import Dataset, Examples
from nnlab.datasets.split import Index, Split


@dataclass(frozen=True, eq=False)
class Collection:
    """A dataset and its split. Positions count within a part, as those of a Selection do."""

    dataset: Dataset
    split: Split

    def size(self, part: str) -> int:
        """How many examples a part has."""
        if part == "test":
            return len(self.dataset.test)
        return len(self.split.validation if part == "validation" else self.split.train)

    def positions(self, part: str, label: int | None = None) -> Index:
        """All positions in a part, or those of one class."""
        if label is None:
            return np.arange(self.size(part))
        return np.flatnonzero(self.labels(part, np.arange(self.size(part))) == label)

    def inputs(self, part: str, positions: npt.NDArray[np.intp]) -> npt.NDArray[np.generic]:
        """The raw inputs (N, *example_shape) at these positions; of a file on disk only these are read."""
        examples, index = self._part(part)
        return np.asarray(examples.inputs[positions if index is None else index[positions]])

    def labels(self, part: str, positions: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Their labels (N,)."""
        examples, index = self._part(part)
        return np.asarray(examples.labels[positions if index is None else index[positions]])

    def class_name(self, label: int) -> str:
        """The name of a class; nothing where the data has none."""
        names = self.dataset.class_names
        return names[label] if 0 <= label < len(names) else ""

    def _part(self, part: str) -> tuple[Examples, Index | None]:
        if part == "test":
            return self.dataset.test, None
        return self.dataset.train, self.split.validation if part == "validation" else self.split.train
