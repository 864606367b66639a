"""What the columns of a CSV file mean: which hold the label, which are learned from, which are left out."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

from nnlab.datasets.files.csv_numbers import is_number
from nnlab.datasets.table_columns import TableColumns
from nnlab.datasets.words import shown
from nnlab.errors import DatasetError

# More of a name nobody wants to read beside a number.
_LONGEST_NAME = 60
EMPTY = "empty"
# Far more than anything that is read line by line, and few enough to be counted at once.
_MOST_COLUMNS = 1 << 22


@dataclass(frozen=True)
class LeftOut:
    """A column that is not learned from, and why."""

    place: int
    why: str


@dataclass(frozen=True)
class CSVLayout:
    """How to read a line. `label` is the place of the label's column, -1 where there is none."""

    delimiter: str
    columns: int
    names: tuple[str, ...] = ()
    label: int = -1
    has_words: bool = False  # labels are words
    is_pixels: bool = False  # everything that is learned from is a byte
    decimal: str = "."
    one_hot: tuple[int, ...] = ()  # columns of which one is 1 and the others 0: a label together, the first is `label`
    values: tuple[int, ...] = ()  # columns of values that are told instead of a class; the first is `label`
    left_out: tuple[LeftOut, ...] = ()
    order: tuple[int, ...] = ()  # the places of the features where they stand otherwise than in the training file

    @classmethod
    def from_table(cls, table: Any) -> Self:
        """As asdict wrote it, perhaps before some of this was known; raises DatasetError where it makes no sense."""
        if not _is_layout(table):
            raise DatasetError(f"what it says of the columns of its data makes no sense: {shown(table, 80)}")
        lists = {name: tuple(table[name]) for name in ("names", "one_hot", "values", "order") if name in table}
        left_out = tuple(LeftOut(entry["place"], entry["why"]) for entry in table.get("left_out", ()))
        return cls(**{**table, **lists, "left_out": left_out})

    @cached_property
    def label_places(self) -> tuple[int, ...]:
        """The columns that make the label."""
        return self.one_hot or self.values or ((self.label,) if self.label >= 0 else ())

    @cached_property
    def feature_places(self) -> tuple[int, ...]:
        """The columns that are learned from, in the order in which they are."""
        others = {*self.label_places, *(entry.place for entry in self.left_out)}
        return self.order or tuple(index for index in range(self.columns) if index not in others)

    @property
    def features(self) -> int:
        """The number of columns that are learned from."""
        return len(self.feature_places)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """What stands above the columns that are learned from; a number, as pandas counts columns, is no name."""
        names = (self.names[place] for place in self.feature_places) if self.names else ()
        return tuple("" if is_number(name) else shown(name, _LONGEST_NAME) for name in names)

    def column(self, place: int) -> str:
        """A column as a sentence names it."""
        return f"column {place + 1:,}" + (f" ({shown(self.names[place], 30)})" if self.names else "")

    def described(self) -> TableColumns:
        """What a person is told of it."""
        return TableColumns(
            tuple(self._called(place) for place in self.label_places),
            tuple(self._called(place) for place in self.feature_places),
            tuple((self._called(entry.place), entry.why) for entry in self.left_out),
        )

    def _called(self, place: int) -> str:
        name = self.names[place] if self.names else ""
        return shown(name, _LONGEST_NAME) if name else f"column {place + 1:,}"


def _is_layout(table: Any) -> bool:
    """Whether asdict can have made this of a layout: files are somebody else's, and no place may lie outside of a line."""
    known = {entry.name for entry in fields(CSVLayout)}
    if not (isinstance(table, Mapping) and {"delimiter", "columns"} <= table.keys() <= known):
        return False
    columns, names, left_out = table["columns"], table.get("names", ()), table.get("left_out", ())
    lists = [table.get(name, ()) for name in ("one_hot", "values", "order")]
    if type(columns) is not int or not 0 < columns <= _MOST_COLUMNS:
        return False
    if not all(isinstance(part, list | tuple) for part in (names, left_out, *lists)):
        return False
    if not all(isinstance(entry, Mapping) and entry.keys() == {"place", "why"} for entry in left_out):
        return False
    places = [place for part in lists for place in part] + [entry["place"] for entry in left_out]
    texts = [*names, *(entry["why"] for entry in left_out), table["delimiter"], table.get("decimal", ".")]
    label, flags = table.get("label", -1), [table.get(name, False) for name in ("has_words", "is_pixels")]
    return (
        all(type(place) is int and 0 <= place < columns for place in places)
        and (type(label) is int and -1 <= label < columns)
        and all(type(text) is str for text in texts)
        and all(type(flag) is bool for flag in flags)
        and len(names) in (0, columns)
        and (len(table["delimiter"]) == 1 and table["delimiter"] not in '"\r\n')
        and texts[-1] in (".", ",")
    )
