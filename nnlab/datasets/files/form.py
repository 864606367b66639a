"""What data looked like when a model learned from it, so that other files are read the same way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.datasets.files.csv_layout import CSVLayout
from nnlab.datasets.files.reading import Part


@dataclass(frozen=True)
class Form:
    """Shape and kind of an example, the columns of a table, and the classes.

    columns is a CSVLayout as a plain table, or None where the data was none. Without class_names, labels are not looked at.
    """

    example_shape: tuple[int, ...]
    dtype: str = "float32"
    columns: Mapping[str, Any] | None = None
    class_names: tuple[str, ...] = ()

    def as_part(self) -> Part:
        """A part without examples, for a reader to compare with."""
        layout: object = tuple(self.example_shape)
        if self.columns is not None:
            layout = CSVLayout(**{**self.columns, "names": tuple(self.columns["names"])})
        return Part("the model's data", np.empty((0, *self.example_shape), self.dtype), None, self.class_names, layout)
