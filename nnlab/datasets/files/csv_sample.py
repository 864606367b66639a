"""The first lines of a CSV file, taken apart: what stands above the rows, and where cells begin and end."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from nnlab.datasets.files.csv_names import is_exact_label, plain_name
from nnlab.datasets.files.csv_numbers import is_decimal_comma, is_number, is_word, number_of, unquoted
from nnlab.datasets.words import shown
from nnlab.errors import DatasetError

_MOST_COLUMNS = 1_000_000
# So many lines are taken apart, and more of narrow tables: about so many cells.
_LINES_SEEN, _CELLS_SEEN, _MOST_LINES_SEEN = 50, 40_000, 5_000
# Of so many, the first and the last cell.
_ENDS_SEEN = 20_000
# A name above a column may go over so many lines.
_MOST_HEADER_LINES = 20
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}([,.]\d{3})+", re.ASCII)


@dataclass(frozen=True)
class Sample:
    """The first lines of a file. `start` is the number of lines above the first row."""

    delimiter: str
    decimal: str
    names: tuple[str, ...]
    rows: list[list[str]]
    ends: list[tuple[str, str]]  # the first and the last cell, of more lines
    start: int

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self.names or self.rows[0])

    @cached_property
    def full(self) -> list[list[str]]:
        """Rows that have all columns."""
        return [row for row in self.rows if len(row) == self.columns]


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of a line, without quotes and without the spaces around them; a blank stands for any number of them."""
    if '"' not in line:
        return line.split() if delimiter == " " else [cell.strip() for cell in line.split(delimiter)]
    try:
        reader = csv.reader(
            [line.strip() if delimiter == " " else line], delimiter=delimiter, skipinitialspace=delimiter == " "
        )
        return [cell.strip() for cell in next(reader, [""])]
    except csv.Error:
        return [cell.strip() for cell in line.split(delimiter)]


def take_apart(where: str, lines: Sequence[str]) -> Sample:
    """Skip what stands above the table, find the delimiter, and part names from rows."""
    start, named = _preamble(lines)
    if start == len(lines):
        raise DatasetError(f"{where}: is empty; expected rows of numbers with commas between")
    head, after = _first_row(lines, start)
    if head.count('"') % 2:
        raise DatasetError(f"{where}: row {start + 1:,} has a quote that is not closed")
    delimiter = named or _delimiter(head, lines[start : start + _LINES_SEEN])
    columns = head.count(delimiter) + 1
    if columns > _MOST_COLUMNS:
        raise DatasetError(f"{where}: has more than {_MOST_COLUMNS:,} columns; is it CSV?")
    seen = min(max(_LINES_SEEN, _CELLS_SEEN // columns), _MOST_LINES_SEEN)
    below = [line for line in lines[after : after + seen] if line.strip()]
    rows = [cells_of(head, delimiter), *(cells_of(line, delimiter) for line in below)]
    names: tuple[str, ...] = ()
    if _is_header(rows):
        # NumPy's savetxt writes a # before the first name.
        first, *rest = (unquoted(" ".join(name.split())) for name in rows.pop(0))
        names = (first.lstrip("# ") or first, *rest)
        start = after
    if not rows:
        raise DatasetError(f"{where}: holds a header and no rows below it")
    names = _fitted(names, rows)
    _check_names(where, names)
    ends = [_ends(line, delimiter) for line in lines[start : start + _ENDS_SEEN] if line.strip()]
    return Sample(delimiter, _decimal(where, rows, delimiter), names, rows, ends, start)


def _preamble(lines: Sequence[str]) -> tuple[int, str]:
    """Where the table begins, and the delimiter that a spreadsheet's first line tells; "" where none does."""
    named = ""
    for index, line in enumerate(lines):
        text = line.strip(" \r\n").strip('"')
        if text.lower().startswith("sep=") and len(text) == 5:
            named = text[4]
        elif text.strip() and not (line.startswith("#") and _is_remark(line, lines[index + 1 :])):
            return index, named
    return len(lines), named


def _is_remark(line: str, below: Sequence[str]) -> bool:
    """A line that begins with # may also hold the names, as NumPy's savetxt writes them."""
    following = next((each for each in below if each.strip() and not each.startswith("#")), "")
    delimiter = max(",;\t|", key=following.count)
    return not following.count(delimiter) or line.count(delimiter) != following.count(delimiter)


def _first_row(lines: Sequence[str], start: int) -> tuple[str, int]:
    """The first row, which names in quotes may spread over lines, and the line after it."""
    head = lines[start]
    for after in range(start + 1, min(start + _MOST_HEADER_LINES, len(lines))):
        if head.count('"') % 2 == 0:
            break
        joined = head + " " + lines[after]
        # A quote that is simply not closed spoils no further line.
        if joined.count('"') % 2 == 0:
            cells = cells_of(joined, max(",;\t|", key=joined.count))
            return (joined, after + 1) if any(cell[:1].isalpha() for cell in cells) else (head, start + 1)
        head = joined
    return lines[start], start + 1


def _delimiter(head: str, lines: Sequence[str]) -> str:
    """The one that stands most often outside quotes; among decimal commas it is the semicolon."""
    bare = "".join(head.split('"')[::2])
    if bare.count(";") and all(line.count(";") for line in lines if line.strip()):
        return ";"
    best = max(",;\t|", key=bare.count)
    if bare.count(best):
        return best
    cells = [len(line.split()) for line in lines if line.strip()]
    return " " if cells and cells[0] > 1 and len(set(cells)) == 1 else ","


def _decimal(where: str, rows: list[list[str]], delimiter: str) -> str:
    """A comma where numbers are written so and none has a point. Raises DatasetError where nobody could tell."""
    cells = [cell for row in rows[:_LINES_SEEN] for cell in row if "," in cell or "." in cell]
    commas = [cell for cell in cells if is_decimal_comma(cell)]
    points = [cell for cell in cells if is_number(cell) and "." in cell]
    if commas and points and delimiter == ";" and all(map(_THOUSANDS.fullmatch, points)):
        raise DatasetError(
            f"{where}: '{shown(commas[0], 20)}' and '{shown(points[0], 20)}' do not tell which sign parts the decimals and "
            "which the thousands; write the numbers without thousands' signs"
        )
    # 40,092 is a thousand in a file that parts its cells by tabs, unless some number shows the comma before decimals.
    if not commas or points or (delimiter != ";" and all(map(_THOUSANDS.fullmatch, commas))):
        return "."
    # 1,064 alone is a thousand where commas part the cells.
    return "," if delimiter != "," or any(number_of(cell) is None for cell in commas) else "."


def _is_header(rows: list[list[str]]) -> bool:
    """Words above numbers, words alone, or numbers that count columns.

    A single word among numbers is no header but a mistake, to be told and not to be skipped.
    """
    first = rows[0]
    words = [place for place, cell in enumerate(first) if is_word(cell) or not cell]
    numbers = [cell for cell in first if cell and not is_word(cell)]
    if len(words) <= 1 and _counts_columns(numbers, rows[1:], not words):
        return not words or words[0] == 0 or bool(first[words[0]])
    if len(words) == len(first):
        return any(first)
    # Wavelengths and years may stand beside the name of the label.
    if len(rows) > 1 and any(first[place] and _names_label(first[place], place, rows[1:]) for place in words):
        return True
    if 2 * len(words) < len(first) or len(rows) == 1:
        return False
    below = rows[1]
    return any(place < len(below) and number_of(below[place]) is not None for place in words if first[place])


def _names_label(cell: str, place: int, below: list[list[str]]) -> bool:
    """Whether a word is the name of a label, and no row below has it in the same place."""
    return is_exact_label(plain_name(cell)) and all(row[place : place + 1] != [cell] for row in below)


def _counts_columns(numbers: list[str], below: list[list[str]], is_alone: bool) -> bool:
    """0, 1, 2 ... as pandas writes it, or equal steps such as 0, 0.1, 0.2, or 5, 0, 0.1 for a row that became the names."""
    if len(numbers) < 3 or not all(map(is_number, numbers)):
        return False
    if numbers in ([str(start + n) for n in range(len(numbers))] for start in (0, 1)):
        # Short rows of measurements may begin so by chance; decimals below them show that these are no measurements.
        return not is_alone or len(numbers) >= 8 or (len(below) > 1 and all(_has_point(row) for row in below))
    seen: set[str] = set()
    repeated = 0
    for cell in numbers:
        base, _, count = cell.partition(".")
        repeated += count.isdecimal() and base in seen and not count.startswith("0")
        seen.add(cell)
    if repeated >= 2 and len(seen) == len(numbers) and below and not any(_has_point(row) for row in below):
        return True
    return _has_equal_steps(numbers) and len(below) > 1 and not any(_has_equal_steps(row) for row in below)


def _has_point(row: list[str]) -> bool:
    return 2 * sum("." in cell for cell in row) >= len(row)


def _has_equal_steps(cells: list[str]) -> bool:
    """Numbers that rise from 0 by the same step, a fraction of one."""
    values = [float(cell) for cell in cells if is_number(cell)]
    if len(values) < 3 or values[0] != 0 or not 0 < values[1] < 1:
        return False
    return all(abs(value - index * values[1]) < 1e-6 * max(value, 1) for index, value in enumerate(values))


def _fitted(names: tuple[str, ...], rows: list[list[str]]) -> tuple[str, ...]:
    """Names for all columns of the rows, where one of both ends in a delimiter too many."""
    if not names:
        return names
    widths = {len(row) for row in rows}
    if widths == {len(names) + 1} and not any(row[-1] for row in rows):
        return (*names, "")
    if widths == {len(names) + 1} and len(rows) > 1 and len({row[0] for row in rows}) == len(rows):
        # R writes names of rows without a name above them.
        return ("", *names)
    return names[:-1] if widths == {len(names) - 1} and not names[-1] else names


def _check_names(where: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name and name in seen:
            raise DatasetError(f"{where}: two columns have the name '{shown(name)}'; give each its own")
        seen.add(name)


def _ends(line: str, delimiter: str) -> tuple[str, str]:
    """The first and the last cell, without taking the line apart."""
    by = None if delimiter == " " else delimiter
    first, last = line.strip().split(by, 1)[0], line.strip().rsplit(by, 1)[-1]
    return first.strip().strip('"'), last.strip().strip('"')
