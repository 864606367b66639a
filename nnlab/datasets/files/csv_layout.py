"""What the columns of a CSV file mean, told by its first lines and the settings."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nnlab.datasets.files.reading import could_be_pixels
from nnlab.datasets.words import listed, shown
from nnlab.errors import DatasetError
from nnlab.settings import nearest

if TYPE_CHECKING:
    from nnlab.datasets.settings import DatasetSettings

# The likeliest first.
_LABEL_NAMES = ("label", "labels", "class", "classes", "target", "targets", "category", "species", "digit", "y")
_MOST_COLUMNS = 1_000_000
# Cells of so many lines are looked into.
_LINES_SEEN = 50
# Of so many, the first and the last.
_ENDS_SEEN = 20_000
# More cells than this in a hundred must be bytes, for the rest to be mistakes and not another kind of number.
_PIXEL_PERCENT = 99
# More of a name nobody wants to read beside a number.
_LONGEST_NAME = 60
# Fewer labels than this in a hundred that are words are mistakes among numbers.
_WORD_PERCENT = 10
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_MISSING = {"", "nan", "na", "null", "none"}
_NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_PIXEL_NAME = re.compile(r"(pixel|px)[\W_]?\d.*", re.IGNORECASE)
_BYTE = re.compile(r"\d{1,3}", re.ASCII)


@dataclass(frozen=True)
class CSVLayout:
    """How to read a line. `label` is the place of the label's column, -1 where there is none."""

    delimiter: str
    columns: int
    names: tuple[str, ...] = ()
    label: int = -1
    has_words: bool = False  # labels are words
    is_pixels: bool = False  # everything but the label is a byte

    @property
    def features(self) -> int:
        """The number of columns beside the label."""
        return self.columns - (self.label >= 0)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What stands above the columns beside the label; a number, as pandas counts columns, is no name."""
        names = (name for place, name in enumerate(self.names) if place != self.label)
        return tuple("" if is_number(name) else shown(name, _LONGEST_NAME) for name in names)

    def column(self, place: int) -> str:
        """A column as a sentence names it."""
        return f"column {place + 1:,}" + (f" ({shown(self.names[place], 30)})" if self.names else "")


def is_number(cell: str) -> bool:
    """Whether a cell holds a finite number, written as NumPy reads it."""
    return _NUMBER.fullmatch(cell) is not None


def is_byte(cell: str) -> bool:
    """Whether a cell holds a whole number from 0 to 255."""
    return _BYTE.fullmatch(cell) is not None and int(cell) < 256


def is_missing(cell: str) -> bool:
    """Whether a cell says that nothing is known."""
    return cell.lower() in _MISSING


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of a line, without quotes and without the spaces around them."""
    if '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)]
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [""])]
    except csv.Error:
        return [cell.strip() for cell in line.split(delimiter)]


@dataclass(frozen=True)
class _Sample:
    """The first lines of a file, taken apart. `start` is the number of lines above the first row."""

    delimiter: str
    names: tuple[str, ...]
    rows: list[list[str]]
    ends: list[tuple[str, str]]  # the first and the last cell, of more lines
    start: int

    @property
    def columns(self) -> int:
        return len(self.names or self.rows[0])

    @property
    def full(self) -> list[list[str]]:
        """Rows that have all columns."""
        return [row for row in self.rows if len(row) == self.columns]


def guess_layout(
    where: str, lines: Sequence[str], settings: "DatasetSettings", like: CSVLayout | None = None
) -> tuple[CSVLayout, int]:
    """The layout, and in how many of the lines the header ends. `like` is that of the training file, for a test file."""
    sample = _take_apart(where, lines)
    label = _label_column(where, sample, settings.label, like)
    words = [_is_word(row[label]) for row in sample.full] if label >= 0 else []
    has_words = 100 * sum(words) >= _WORD_PERCENT * len(words) > 0
    layout = CSVLayout(sample.delimiter, sample.columns, sample.names, label, has_words)
    if layout.features == 0:
        raise DatasetError(f"{where}: has one column, the label, and nothing to tell it from; is it CSV with commas?")
    is_pixels = like.is_pixels if like else _has_pixels(layout, sample, settings.layout == "flat")
    return replace(layout, is_pixels=is_pixels), sample.start


def _take_apart(where: str, lines: Sequence[str]) -> _Sample:
    start = next((place for place, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise DatasetError(f"{where}: is empty; expected rows of numbers with commas between")
    delimiter = max(",;\t", key=lines[start].count)
    if lines[start].count(delimiter) >= _MOST_COLUMNS:
        raise DatasetError(f"{where}: has more than {_MOST_COLUMNS:,} columns; is it CSV?")
    rows = [cells_of(line, delimiter) for line in lines[start : start + _LINES_SEEN] if line.strip()]
    names: tuple[str, ...] = ()
    if _is_header(rows):
        names = tuple(rows.pop(0))
        start += 1
        _check_names(where, names)
    if not rows:
        raise DatasetError(f"{where}: holds a header and no rows below it")
    ends = [_ends(line, delimiter) for line in lines[start : start + _ENDS_SEEN] if line.strip()]
    return _Sample(delimiter, names, rows, ends, start)


def _is_header(rows: list[list[str]]) -> bool:
    """Words above numbers, words alone, or the numbers 0, 1, 2 ... that pandas gives to columns without a name.

    A single word among numbers is no header but a mistake, to be told and not to be skipped.
    """
    first = rows[0]
    words = [place for place, cell in enumerate(first) if _is_word(cell) or not cell]
    numbers = [cell for cell in first if cell and not _is_word(cell)]
    if len(numbers) >= 3 and numbers in ([str(start + n) for n in range(len(numbers))] for start in (0, 1)):
        return (len(words) == 1 and (words[0] == 0 or bool(first[words[0]]))) or (not words and len(first) >= 8)
    if len(words) == len(first):
        return any(first)
    if 2 * len(words) < len(first) or len(rows) == 1:
        return False
    below = rows[1]
    return any(place < len(below) and is_number(below[place]) for place in words if first[place])


def _is_word(cell: str) -> bool:
    return bool(cell) and not is_number(cell) and not _NO_NUMBER.fullmatch(cell)


def _check_names(where: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name and name in seen:
            raise DatasetError(f"{where}: two columns have the name '{shown(name)}'; give each its own")
        seen.add(name)


def _ends(line: str, delimiter: str) -> tuple[str, str]:
    """The first and the last cell, without taking the line apart."""
    return line.split(delimiter, 1)[0].strip(), line.rsplit(delimiter, 1)[-1].strip()


def _label_column(where: str, sample: _Sample, wanted: str, like: CSVLayout | None) -> int:
    columns = sample.columns
    if wanted in ("first", "last"):
        return 0 if wanted == "first" else columns - 1
    if wanted == "none":
        return -1
    # Read as the training file was, even where these labels alone would look otherwise.
    if like is not None and columns in (like.columns, like.features):
        return like.label if columns == like.columns else -1
    if wanted != "auto":
        return _named(where, sample.names, wanted)
    lower = [name.lower() for name in sample.names]
    # Beside an x, y is a coordinate.
    known = [name for name in _LABEL_NAMES if name in lower and not (name == "y" and "x" in lower)]
    return lower.index(known[0]) if known else _likeliest_label(sample)


def _likeliest_label(sample: _Sample) -> int:
    """Where no name tells it: the one column of words, or the last or first that counts classes; -1 is none."""
    columns, rows = sample.columns, sample.full
    words = [place for place in range(columns) if any(_is_word(row[place]) for row in rows)]
    # More than one column of words is a mistake, and told as such where the rows are read.
    if len(words) == 1 and all(_is_word(row[words[0]]) or not row[words[0]] for row in rows):
        return words[0]
    first, last = (_look_like_labels([pair[end] for pair in sample.ends]) for end in (0, 1))
    if _are_bytes(rows, -1) and could_be_pixels(columns - 1):
        return columns - 1 if last and not first else 0
    if _are_bytes(rows, -1) and could_be_pixels(columns):
        return -1
    if last:
        return columns - 1
    return 0 if first else -1


def _named(where: str, names: tuple[str, ...], wanted: str) -> int:
    if wanted in names:
        return names.index(wanted)
    if not names:
        raise DatasetError(
            f"{where}: has no header, so no column is named '{shown(wanted)}'; set dataset.label to first, last or none"
        )
    hint = nearest(wanted, names) if len(names) <= 100 else f"there are {listed(names)}"
    raise DatasetError(f"{where}: no column is named '{shown(wanted)}'; {shown(hint, 200)}")


def _look_like_labels(cells: Sequence[str]) -> bool:
    """Whole numbers 0, 1, 2 ... or 1, 2, 3 ... without a gap, fewer than there are rows."""
    if not all(_BYTE.fullmatch(cell) for cell in cells):
        return False
    values = {int(cell) for cell in cells}
    return min(values) <= 1 < len(values) < len(cells) and max(values) - min(values) + 1 == len(values)


def _has_pixels(layout: CSVLayout, sample: _Sample, is_flat: bool) -> bool:
    if not could_be_pixels(layout.features):
        return False
    features = [name for place, name in enumerate(layout.names) if place != layout.label]
    if features and all(_PIXEL_NAME.fullmatch(name) for name in features):
        return True
    return not is_flat and _are_bytes(sample.full, layout.label)


def _are_bytes(rows: list[list[str]], label: int) -> bool:
    """Whether nearly all cells beside the label are whole numbers from 0 to 255."""
    cells = [cell for row in rows for place, cell in enumerate(row) if place != label]
    return 100 * sum(map(is_byte, cells)) >= _PIXEL_PERCENT * len(cells) > 0
