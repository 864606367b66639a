"""What data looked like when a model learned from it, so that other files are read the same way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.datasets.files.reading import GivenValues, Part
from nnlab.datasets.files.whites import Whites
from nnlab.datasets.words import shown_path
from nnlab.errors import DatasetError
from nnlab.targets import Targets, Values, class_names


@dataclass(frozen=True)
class Schema:
    """Shape and kind of an example, the columns of a table, and the targets.

    columns is a CSVLayout as a plain table, or None where the data was none. Without targets, labels are not looked at.
    encoder is the checksum of the one that the data was seen through, "" where it was none or is not known. whites tell how
    pictures that were no bytes became such.
    """

    example_shape: tuple[int, ...]
    dtype: str = "float32"
    columns: Mapping[str, Any] | None = None
    targets: Targets = None
    encoder: str = ""
    whites: Whites = field(default_factory=dict)
    is_alone: bool = False  # whether test files beside the one that is named are left alone

    def check_encoder(self, name: str, checksum: str) -> None:
        """Codes of an encoder that has changed mean something else, though they look alike."""
        if self.encoder and self.encoder != checksum:
            raise DatasetError(
                f"dataset.encoder: {shown_path(name)} has changed since this model learned from its codes; "
                "bring back the file of that time, or train the model anew"
            )

    def as_part(self) -> Part:
        """A part without examples, for a reader to compare with."""
        layout: object = tuple(self.example_shape)
        if self.columns is not None:
            from nnlab.datasets.files.csv_layout import CSVLayout

            layout = CSVLayout.from_table(self.columns)
        values = GivenValues(np.empty((0, self.targets.count)), self.targets) if isinstance(self.targets, Values) else None
        return Part(
            "the model's data",
            np.empty((0, *self.example_shape), self.dtype),
            None,
            class_names(self.targets),
            layout,
            whites=self.whites,
            values=values,
        )
