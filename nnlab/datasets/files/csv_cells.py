"""Lines of a CSV file as arrays, at the speed of NumPy's own parser; and where in them the mistake is."""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from nnlab.datasets.files.classes import MOST_CLASSES, too_many_classes
from nnlab.datasets.files.csv_layout import CSVLayout, cells_of, is_byte, is_missing, is_number
from nnlab.datasets.words import shown
from nnlab.errors import DatasetError

Array = npt.NDArray[Any]

_PLAIN = b"0123456789 \r\n"
# Beyond this a label counts something else, and would not survive as a number.
_MOST_LABEL = 2**31
_LARGEST = float(np.finfo(np.float32).max)


class CellParser:
    """Turns lines below the header into features and labels. Words that are labels are numbered as they come."""

    def __init__(self, where: str, layout: CSVLayout, header: int) -> None:
        self.where = where
        self.layout = layout
        self.words: dict[str, int] = {}
        # The number of the next line, as an editor counts them.
        self._row = 1 + header
        self._plain = _PLAIN + layout.delimiter.encode()

    def parse(self, content: bytes) -> tuple[Array, Array]:
        """features (N, F) uint8 or float64 and labels (N,) int64 of the lines that follow those given before."""
        table = self._fast(content)
        if table is None:
            table = self._careful(content)
        label = self.layout.label
        if label < 0:
            return self._as_features(table), np.zeros(len(table), np.int64)
        features = table[:, 1:] if label == 0 else table[:, :label]
        if 0 < label < table.shape[1] - 1:
            features = np.delete(table, label, axis=1)
        return self._as_features(features), table[:, label].astype(np.int64)

    def _as_features(self, features: Array) -> Array:
        return features.astype(np.uint8 if self.layout.is_pixels else np.float64, copy=False)

    def _fast(self, content: bytes) -> Array | None:
        """Bytes read as bytes, six times faster than as floats; None where anything but digits is seen, or too much."""
        # NumPy would read 1.5 as 1 with a warning, so what it is given holds no point.
        is_plain = self.layout.is_pixels and not self.layout.has_words and not content.translate(None, self._plain)
        if not is_plain or not content or content.isspace():
            return None
        lines = content.decode("ascii").splitlines()
        try:
            # Without comments=None a '#' would cut its line silently.
            table = np.loadtxt(lines, np.uint8, delimiter=self.layout.delimiter, comments=None, ndmin=2)
        except ValueError:
            return None
        if table.shape[1] != self.layout.columns:
            return None
        self._row += len(lines)
        return table

    def _careful(self, content: bytes) -> Array:
        first = self._row
        lines = self._decoded(content, first)
        self._row += len(lines)
        full = [line for line in lines if line.strip()]
        if not full:
            return np.empty((0, self.layout.columns))
        converters: dict[int | str, Callable[[str], Any]] = {}
        if self.layout.has_words:
            converters[self.layout.label] = self._number_of
        try:
            table = np.loadtxt(
                full,
                np.float64,
                delimiter=self.layout.delimiter,
                comments=None,
                ndmin=2,
                quotechar='"',
                converters=converters or None,
            )
        except ValueError:
            self._explain(lines, first)
        if len(self.words) > MOST_CLASSES:
            raise too_many_classes(self.where)
        # A quote left open would swallow the end of its line.
        if table.shape != (len(full), self.layout.columns) or not self._is_right(table):
            self._explain(lines, first)
        return np.asarray(table)

    def _decoded(self, content: bytes, first: int) -> list[str]:
        lines = []
        for number, line in enumerate(content.splitlines(), first):
            try:
                lines.append(line.decode())
            except UnicodeDecodeError:
                raise DatasetError(f"{self.where}: row {number:,} is not text in UTF-8; save as CSV UTF-8") from None
        return lines

    def _number_of(self, word: str) -> float:
        word = word.strip()
        if is_missing(word):
            raise ValueError
        return self.words.setdefault(word, len(self.words))

    def _is_right(self, table: Array) -> bool:
        layout = self.layout
        if not np.isfinite(table).all() or np.abs(table).max() > _LARGEST:
            return False
        if layout.label >= 0:
            labels = table[:, layout.label]
            if labels.min() < 0 or labels.max() > _MOST_LABEL or (labels % 1).any():
                return False
            table = np.delete(table, layout.label, axis=1) if layout.is_pixels else table
        return not layout.is_pixels or bool(table.min() >= 0 and table.max() <= 255 and not (table % 1).any())

    def _explain(self, lines: Sequence[str], first: int) -> NoReturn:
        """Find the first mistake, cell by cell, and raise the sentence that tells it."""
        layout = self.layout
        for number, line in enumerate(lines, first):
            if not line.strip():
                continue
            if line.count('"') % 2:
                raise DatasetError(f"{self.where}: row {number:,} has a quote that is not closed")
            cells = cells_of(line, layout.delimiter)
            if len(cells) != layout.columns:
                raise DatasetError(
                    f"{self.where}: row {number:,} has {len(cells):,} {'column' if len(cells) == 1 else 'columns'}, "
                    f"expected {layout.columns:,} as {'in the header' if layout.names else 'above'}"
                )
            for place, cell in enumerate(cells):
                problem = self._label_problem(cell) if place == layout.label else self._feature_problem(cell)
                if problem:
                    raise DatasetError(f"{self.where}: row {number:,}, {layout.column(place)}: {problem}")
        raise DatasetError(f"{self.where}: rows {first:,} to {first + len(lines) - 1:,} cannot be read; is it CSV?")

    def _label_problem(self, cell: str) -> str:
        if is_missing(cell):
            return "the label is missing"
        if self.layout.has_words:
            return ""
        if not is_number(cell):
            return f"'{shown(cell, 30)}' is no label, expected a whole number from 0 as in the rows above"
        value = float(cell)
        if value < 0 or value % 1 or value > _MOST_LABEL:
            return f"the label {shown(cell, 30)} is not a whole number from 0; choose the right column with dataset.label"
        return ""

    def _feature_problem(self, cell: str) -> str:
        if not cell:
            return "the cell is empty, expected a number"
        if self.layout.is_pixels:
            whole = is_number(cell) and 0 <= float(cell) <= 255 and float(cell) % 1 == 0
            return (
                "" if whole or is_byte(cell) else f"'{shown(cell, 30)}' is no pixel, expected a whole number from 0 to 255"
            )
        if not is_number(cell):
            return f"'{shown(cell, 30)}' is not a number; words are read only in the column of the labels, dataset.label"
        return "" if abs(float(cell)) <= _LARGEST else f"{shown(cell, 30)} is too large"
