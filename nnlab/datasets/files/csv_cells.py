"""Lines of a CSV file as arrays, at the speed of NumPy's own parser; and where in them the mistake is."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.files.classes import MOST_CLASSES, class_key, too_many_classes
from nnlab.datasets.files.csv_layout import EMPTY, CSVLayout
from nnlab.datasets.files.csv_numbers import is_missing, is_number, number_of, unquoted
from nnlab.datasets.files.csv_sample import cells_of
from nnlab.datasets.files.reading import LARGEST_NUMBER
from nnlab.datasets.files.text_file import decoded
from nnlab.datasets.words import listed, shown
from nnlab.errors import DatasetError

Array = npt.NDArray[Any]

_PLAIN = b"0123456789 \r\n"
# Beyond this a label counts something else, and would not survive as a number.
_MOST_LABEL = 2**31


class CellParser:
    """Turns lines below the header into features and labels. Words that are labels are numbered as they come.

    NumPy's parser reads what it can; where it fails the lines are read cell by cell, which also finds the first mistake.
    """

    def __init__(self, where: str, layout: CSVLayout, header: int) -> None:
        self.where = where
        self.layout = layout
        self.words: dict[str, int] = {}
        # The number of the next line, as an editor counts them.
        self._row = 1 + header
        self._plain = _PLAIN + layout.delimiter.encode()
        self._numbers: dict[str, int] = {}
        # The unit that stands beside the numbers of a column, "" where none does, as soon as a row has shown it.
        self._marks: dict[int, str] = {}
        self._left_out = {entry.place: entry for entry in layout.left_out}
        self._pick = _selection(layout)

    def parse(self, content: bytes) -> tuple[Array, Array]:
        """features (N, F) uint8 or float64 and labels (N,) int64, or values (N, K) float64, of the lines that follow those
        given before.
        """
        table = self._fast(content)
        if table is None:
            table = self._careful(content)
        layout = self.layout
        if layout.values:
            return self._as_features(table[:, self._pick]), table[:, layout.values].astype(np.float64)
        if layout.one_hot:
            labels = table[:, layout.one_hot].argmax(axis=1)
        else:
            labels = table[:, layout.label] if layout.label >= 0 else np.zeros(len(table))
        return self._as_features(table[:, self._pick]), labels.astype(np.int64)

    def _as_features(self, features: Array) -> Array:
        return features.astype(np.uint8 if self.layout.is_pixels else np.float64, copy=False)

    def _fast(self, content: bytes) -> Array | None:
        """Bytes read as bytes, six times faster than as floats; None where anything but digits is seen, or too much."""
        layout = self.layout
        # NumPy would read 1.5 as 1 with a warning, so what it is given holds no point.
        is_plain = (
            layout.is_pixels and not layout.has_words and not layout.values and not content.translate(None, self._plain)
        )
        if not is_plain or not content or content.isspace():
            return None
        lines = content.decode("ascii").splitlines()
        try:
            # Without comments=None a '#' would cut its line silently.
            table = np.loadtxt(lines, np.uint8, delimiter=_delimiter(layout), comments=None, ndmin=2)
        except ValueError:
            return None
        if table.shape[1] != layout.columns or not self._are_single(table):
            return None
        self._row += len(lines)
        return table

    def _careful(self, content: bytes) -> Array:
        first = self._row
        lines = [decoded(line) for line in content.splitlines()]
        self._row += len(lines)
        full = [line for line in lines if line.strip()]
        if not full:
            return np.empty((0, self.layout.columns))
        # NumPy would take a zero byte for a letter.
        table = self._by_numpy(full) if b"\0" not in content else None
        if table is None:
            table = self._cell_by_cell(lines, first)
        if len(self.words) > MOST_CLASSES:
            raise too_many_classes(self.where)
        return table

    def _by_numpy(self, lines: list[str]) -> Array | None:
        """A table (N, columns), None where a cell is not as NumPy expects it."""
        layout = self.layout
        if layout.decimal != "." or any(self._marks.values()):
            return None
        converters: dict[int | str, Callable[[str], Any]] = {
            place: _nothing if entry.why == EMPTY else _anything for place, entry in self._left_out.items()
        }
        if layout.has_words:
            converters[layout.label] = self._number_of
        delimiter = _delimiter(layout)
        try:
            table = np.loadtxt(
                lines, np.float64, delimiter=delimiter, comments=None, ndmin=2, quotechar='"', converters=converters or None
            )
        except ValueError:
            return None
        # A quote left open would swallow the end of its line.
        if table.shape != (len(lines), layout.columns) or not self._is_right(table):
            return None
        self._marks = self._marks or dict.fromkeys((*layout.feature_places, *layout.values), "")
        return np.asarray(table)

    def _number_of(self, word: str) -> float:
        word = unquoted(word)
        if word in ("", "?"):
            raise ValueError
        key = class_key(word)
        if key not in self._numbers:
            self._numbers[key] = self.words[word] = len(self.words)
        return self._numbers[key]

    def _is_right(self, table: Array) -> bool:
        layout = self.layout
        if not np.isfinite(table).all() or np.abs(table).max() > LARGEST_NUMBER:
            return False
        if layout.label >= 0 and not layout.one_hot and not layout.values:
            labels = table[:, layout.label]
            if np.abs(labels).max() > _MOST_LABEL or (labels % 1).any():
                return False
        if not self._are_single(table):
            return False
        if not layout.is_pixels:
            return True
        table = table[:, self._pick]
        return bool(table.min() >= 0 and table.max() <= 255 and not (table % 1).any())

    def _are_single(self, table: Array) -> bool:
        """Whether each row has a single 1 among the columns that are a label together."""
        if not self.layout.one_hot:
            return True
        marks = table[:, self.layout.one_hot]
        return bool(((marks == 0) | (marks == 1)).all() and (marks.sum(axis=1) == 1).all())

    def _cell_by_cell(self, lines: Sequence[str], first: int) -> Array:
        """The table (N, columns); the first mistake is raised as a sentence that tells its row and column."""
        layout = self.layout
        rows = []
        for number, line in enumerate(lines, first):
            if not line.strip():
                continue
            cells = self._cells(line, number)
            values = [self._value(place, cell, number) for place, cell in enumerate(cells)]
            if layout.one_hot and [values[place] for place in layout.one_hot].count(1) != 1:
                raise DatasetError(
                    f"{self.where}: row {number:,}: of the label's columns ({listed(layout.described().label)}) not exactly "
                    "one holds a 1 and the others 0; choose one with dataset.source.label"
                )
            rows.append(values)
        return np.array(rows)

    def _cells(self, line: str, number: int) -> list[str]:
        layout = self.layout
        if "\0" in line:
            raise DatasetError(
                f"{self.where}: row {number:,} holds NUL bytes, which no text has; save the file again as CSV"
            )
        if line.count('"') % 2:
            raise DatasetError(f"{self.where}: row {number:,} has a quote that is not closed")
        cells = cells_of(line, layout.delimiter)
        if len(cells) != layout.columns:
            raise DatasetError(
                f"{self.where}: row {number:,} has {len(cells):,} {'column' if len(cells) == 1 else 'columns'}, "
                f"expected {layout.columns:,} as {'in the header' if layout.names else 'above'}"
            )
        return cells

    def _value(self, place: int, cell: str, number: int) -> float:
        layout = self.layout
        if place in self._left_out:
            problem = (
                "holds something though the column is empty above" if self._left_out[place].why == EMPTY and cell else ""
            )
            problem = problem and f"'{shown(cell, 30)}' {problem}; name the column in dataset.source.exclude, or fill it"
        elif place == layout.label and not layout.one_hot and not layout.values:
            problem = self._label_problem(cell)
            if not problem:
                return self._number_of(cell) if layout.has_words else float(unquoted(cell))
        else:
            problem = self._number_problem(cell, place)
            found = number_of(cell, layout.decimal)
            if not problem and found is not None:
                known = self._marks.setdefault(place, found[1])
                if known == found[1]:
                    return found[0]
                unit = f"'{known}'" if known else "no unit"
                problem = f"'{shown(cell, 30)}' has another unit than the rows above, which have {unit}; write all alike"
        if problem:
            raise DatasetError(f"{self.where}: row {number:,}, {layout.column(place)}: {problem}")
        return 0.0

    def _label_problem(self, cell: str) -> str:
        text = unquoted(cell)
        if text in ("", "?") or (not self.layout.has_words and is_missing(text)):
            return "the label is missing; fill it, take the row out, or choose another column with dataset.source.label"
        if self.layout.has_words:
            return ""
        if not is_number(text):
            return f"'{shown(cell, 30)}' is no label, expected a whole number as in the rows above"
        value = float(text)
        if value % 1 or abs(value) > _MOST_LABEL:
            return (
                f"the label {shown(cell, 30)} is not a whole number, as classes are; where the column holds values, set "
                "dataset.source.target = 'values', or choose a column of classes with dataset.source.label, or none"
            )
        return ""

    @property
    def units(self) -> tuple[str, ...]:
        """What stands beside the numbers of each column of values, "" where nothing does."""
        return tuple(self._marks.get(place, "") for place in self.layout.values)

    def _number_problem(self, cell: str, place: int) -> str:
        is_value = place in self.layout.values
        if is_missing(cell):
            what = f"'{shown(cell, 30)}' says that the number is missing" if cell else "the cell is empty, expected a number"
            return f"{what}; fill it, take the row out, or leave the column out with dataset.source.exclude"
        found = number_of(cell, self.layout.decimal)
        if self.layout.is_pixels and not is_value:
            whole = found is not None and 0 <= found[0] <= 255 and found[0] % 1 == 0
            return "" if whole else f"'{shown(cell, 30)}' is no pixel, expected a whole number from 0 to 255"
        if found is None:
            what_to_do = (
                "values are numbers, and words are classes: set dataset.source.target = 'classes', or write numbers"
                if is_value
                else "words are read only as labels, so choose this column with dataset.source.label, leave it out by its "
                "name in dataset.source.exclude, beside auto, or write numbers"
            )
            return f"'{shown(cell, 30)}' is not a number; {what_to_do}"
        return "" if abs(found[0]) <= LARGEST_NUMBER else f"{shown(cell, 30)} is too large"


def _selection(layout: CSVLayout) -> slice | list[int]:
    """The features in a row; a slice, where they stand together, copies nothing."""
    places = list(layout.feature_places)
    together = places == list(range(places[0], places[-1] + 1))
    return slice(places[0], places[-1] + 1) if together else places


def _delimiter(layout: CSVLayout) -> str | None:
    """As NumPy is told it: nothing stands for any number of blanks."""
    return None if layout.delimiter == " " else layout.delimiter


def _anything(_: str) -> float:
    return 0.0


def _nothing(cell: str) -> float:
    if cell.strip():
        raise ValueError
    return 0.0
