"""Which column of a table is the label, which are learned from and which left out, guessed where nobody says it."""

import re
from collections.abc import Sequence
from itertools import pairwise

from nnlab.datasets.files.csv_layout import EMPTY, LeftOut
from nnlab.datasets.files.csv_numbers import is_byte, is_date, is_number, is_word
from nnlab.datasets.files.csv_sample import Sample
from nnlab.datasets.files.reading import could_be_pixels
from nnlab.datasets.words import listed, shown
from nnlab.errors import DatasetError
from nnlab.settings import nearest

# The likeliest first.
_LABEL_NAMES = ("label", "class", "target", "category", "species", "digit", "y")
# These are labels only where the column looks like one.
_LIKELY_NAMES = (
    *("outcome", "diagnosis", "survived", "quality", "type", "kind", "variety", "churn", "exited", "default", "income"),
    *("fraud", "is_fraud", "result", "status", "response", "output", "grade"),
)
_ID_NAME = re.compile(r"(id|idx|index|row|rowid|row_?names?|row_number|nr|no|#|uuid|guid|unnamed_\d+|.*_id)")
_ONE_HOT_PREFIX = re.compile(r"(is|label|labels|class|classes|target|targets|category|species|digit|y)_")
SAID = "as dataset.exclude says"
# Fewer rows tell nothing about what a column counts.
_ENOUGH = 10
_ENOUGH_TEXT = 20
# More cells than this in a hundred must be bytes, for the rest to be mistakes and not another kind of number.
_PIXEL_PERCENT = 99


def chosen_label(where: str, sample: Sample, wanted: str) -> tuple[int, ...] | None:
    """The columns that dataset.label names; none of them for "none", and None for "auto"."""
    if wanted.strip() in ("auto", ""):
        return None
    if wanted == "none":
        return ()
    if wanted == "first":
        return (0,)
    if wanted == "last":
        empty = {entry.place for entry in _empty(sample)}
        return (max((place for place in range(sample.columns) if place not in empty), default=0),)
    return tuple(_places(where, sample, wanted, "dataset.label"))


def guessed_label(where: str, sample: Sample) -> tuple[int, ...]:
    """By name, by one column for each class, by words, or by numbers that count classes."""
    names = [_plain(name) for name in sample.names]
    one_hot = _one_hot(sample)
    for known in _LABEL_NAMES:
        # Beside an x, y is a coordinate.
        here = [] if known == "y" and "x" in names else [place for place, each in enumerate(names) if _is_label(each, known)]
        exact = [place for place in here if names[place] in (known, _plural(known))]
        if len(here) == 1 or len(exact) == 1:
            return ((exact or here)[0],)
        if here and set(here) <= set(one_hot):
            return one_hot
        if here:
            found = listed(sample.names[place] for place in here)
            raise DatasetError(
                f"{where}: {found} may each be the label; choose one with dataset.label, then the others are left out"
            )
    if one_hot and names and all(_ONE_HOT_PREFIX.match(names[place]) for place in one_hot):
        return one_hot
    likely = [place for place, name in enumerate(names) if name in _LIKELY_NAMES and _few(_column(sample, place))]
    if likely:
        return (likely[-1],)
    return one_hot or _likeliest(sample)


def chosen_left_out(where: str, sample: Sample, wanted: str, label: tuple[int, ...]) -> tuple[LeftOut, ...]:
    """The columns that dataset.exclude names, those that are guessed among them where it says auto."""
    entries = [entry.strip() for entry in wanted.split(",")]
    found = {entry.place: entry for entry in (guessed_left_out(sample, label) if "auto" in entries else _empty(sample))}
    named = wanted if wanted in sample.names else ", ".join(entry for entry in entries if entry not in ("auto", "none", ""))
    for place in _places(where, sample, named, "dataset.exclude") if named else ():
        if place in label:
            raise DatasetError(
                f"{where}: dataset.exclude names column {place + 1:,}, which is the label; choose another label"
            )
        found[place] = LeftOut(place, SAID)
    return tuple(found[place] for place in sorted(found) if place not in label)


def guessed_left_out(sample: Sample, label: tuple[int, ...]) -> tuple[LeftOut, ...]:
    """Columns that name or number the rows, days, texts, and what is empty."""
    found = {entry.place: entry for entry in _empty(sample)}
    for place in range(sample.columns):
        if place not in label and place not in found and (why := _why_left_out(sample, place, label)):
            found[place] = LeftOut(place, why)
    if len(found) + len(label) >= sample.columns:
        # Something has to be learned from.
        return _empty(sample)
    return tuple(found[place] for place in sorted(found))


def are_bytes(rows: Sequence[Sequence[str]], places: Sequence[int]) -> bool:
    """Whether nearly all cells of these columns are whole numbers from 0 to 255."""
    cells = [row[place] for row in rows for place in places]
    return 100 * sum(map(is_byte, cells)) >= _PIXEL_PERCENT * len(cells) > 0


def _plain(name: str) -> str:
    """Lower case, with _ for what is no letter and between words."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^\w#]+", "_", parted.lower()).strip("_")


def _plural(name: str) -> str:
    return {"class": "classes", "category": "categories"}.get(name, name + "s")


def _is_label(name: str, known: str) -> bool:
    bare = re.sub(r"_(id|names?|labels?)$", "", name) if known != "y" else name
    return bare in (known, _plural(known)) or (
        known in ("label", "class", "target") and bool(re.fullmatch(known + r"_?\d+", bare))
    )


def _tells_label(name: str, label: str) -> bool:
    """Whether a column is another label by its name, as label2 and label_name beside label."""
    return any(_is_label(name, known) and _is_label(label, known) for known in _LABEL_NAMES)


def _column(sample: Sample, place: int) -> list[str]:
    return [row[place] for row in sample.full]


def _places(where: str, sample: Sample, wanted: str, setting: str) -> list[int]:
    """The columns that a text names: names or numbers from 1, with commas between."""
    if wanted in sample.names:
        return [sample.names.index(wanted)]
    return list(dict.fromkeys(_place(where, sample, part.strip(), setting) for part in wanted.split(",") if part.strip()))


def _place(where: str, sample: Sample, name: str, setting: str) -> int:
    lower = [each.lower() for each in sample.names]
    if name in sample.names:
        return sample.names.index(name)
    if lower.count(name.lower()) == 1:
        return lower.index(name.lower())
    if name.isdecimal() and name.isascii() and len(name) < 8:
        if 1 <= int(name) <= sample.columns:
            return int(name) - 1
        raise DatasetError(f"{where}: {setting} names column {name}, but there are {sample.columns:,}")
    if not sample.names:
        raise DatasetError(
            f"{where}: has no header, so no column is named '{shown(name)}'; give its number, counted from 1, as {setting}"
        )
    known = [each for each in sample.names if each]
    hint = nearest(name, known) if len(known) <= 100 else f"there are {listed(known)}"
    raise DatasetError(f"{where}: {setting}: no column is named '{shown(name)}'; {shown(hint, 200)}")


def _empty(sample: Sample) -> tuple[LeftOut, ...]:
    empty = list(range(sample.columns))
    for row in sample.full:
        empty = [place for place in empty if not row[place]]
    # A name above a single row may have lost its number.
    if len(sample.full) < 2:
        empty = [place for place in empty if not sample.names or not sample.names[place]]
    return tuple(LeftOut(place, EMPTY) for place in empty)


def _why_left_out(sample: Sample, place: int, label: tuple[int, ...]) -> str:
    cells = _column(sample, place)
    distinct = set(cells)
    name = _plain(sample.names[place]) if sample.names else ""
    is_unnamed = bool(sample.names) and not sample.names[place]
    if sample.names and name and _ID_NAME.fullmatch(name):
        return "its name says that it names the rows"
    if label and name and _tells_label(name, _plain(sample.names[label[0]])):
        return "tells the label in another way"
    if len(distinct) > 1 and all(map(is_date, distinct)):
        return "holds dates"
    counts = place == 0 and len(cells) >= _ENOUGH and _counts(cells)
    if (
        is_unnamed
        and place == 0
        and (counts or len(distinct) == len(cells) > 1)
        and not any("." in cell for cell in distinct)
    ):
        return "has no name and numbers the rows"
    if counts and (not sample.names or _is_sorted(sample, label)):
        return "counts the rows"
    if not sample.names and place == 0 and _numbers_rows(sample, cells, distinct):
        return "holds another large number in each row"
    if len(cells) >= _ENOUGH_TEXT and 2 * len(distinct) > len(cells) and sum(map(is_word, cells)) > len(cells) // 2:
        return "holds another text in nearly each row"
    return ""


def _counts(cells: list[str]) -> bool:
    if not all(cell.isdecimal() for cell in cells):
        return False
    return all(int(cell) == int(cells[0]) + number for number, cell in enumerate(cells))


def _is_sorted(sample: Sample, label: tuple[int, ...]) -> bool:
    """Whether each class stands together, so that the number of a row tells its class."""
    if len(label) != 1:
        return False
    cells = _column(sample, label[0])
    changes = sum(one != other for one, other in pairwise(cells))
    return changes == len(set(cells)) - 1 < len(cells) // 2


def _numbers_rows(sample: Sample, cells: list[str], distinct: set[str]) -> bool:
    if len(cells) < _ENOUGH_TEXT or len(distinct) < len(cells) or not all(c.isdecimal() and len(c) > 3 for c in cells):
        return False
    return 2 * sum("." in cell for cell in sample.full[0]) > sample.columns


def _one_hot(sample: Sample) -> tuple[int, ...]:
    """The columns of which each row has a single 1: those whose names say so, or the last ones."""
    rows = sample.full
    if len(rows) < _ENOUGH:
        return ()
    names = [_plain(name) for name in sample.names]
    for prefix in dict.fromkeys(match[0] for name in names if (match := _ONE_HOT_PREFIX.match(name))):
        group = tuple(place for place, name in enumerate(names) if name.startswith(prefix))
        if len(group) >= 2 and _has_single_ones(rows, group):
            return group
    for count in range(3, min(sample.columns, 1000)):
        place = sample.columns - count
        if not all(row[place] in _ZEROS or row[place] in _ONES for row in rows):
            return ()
        if _has_single_ones(rows, tuple(range(place, sample.columns))):
            group = tuple(range(place, sample.columns))
            # A column without a 1 is no class that can be seen.
            return group if all(any(row[each] in _ONES for row in rows) for each in group) else ()
    return ()


_ZEROS, _ONES = {"0", "0.0", "0.0000"}, {"1", "1.0", "1.0000"}


def _has_single_ones(rows: list[list[str]], group: tuple[int, ...]) -> bool:
    return all(
        sum(row[place] in _ONES for place in group) == 1
        and all(row[place] in _ZEROS or row[place] in _ONES for place in group)
        for row in rows
    )


def _likeliest(sample: Sample) -> tuple[int, ...]:
    """Where no name tells it: the one column of words, or one that counts classes."""
    columns, rows = sample.columns, sample.full
    left = {entry.place for entry in guessed_left_out(sample, ())}
    places = [place for place in range(columns) if place not in left]
    words = [place for place in places if any(is_word(row[place]) for row in rows)]
    # More than one column of words is a mistake, and told as such where the rows are read.
    if len(words) == 1 and all(is_word(row[words[0]]) or not row[words[0]] for row in rows):
        return (words[0],)
    if not places:
        return ()
    ends = {place: [pair[end] for pair in sample.ends] for place, end in ((0, 0), (columns - 1, 1))}
    outer = {place: ends.get(place, _column(sample, place)) for place in (places[0], places[-1])}
    first, last = (_count_classes(outer[place]) for place in (places[0], places[-1]))
    if are_bytes(rows, places) and could_be_pixels(len(places) - 1):
        if first and last:
            return (
                places[-1] if _stands_out(rows, places[-1], places) > _stands_out(rows, places[0], places) else places[0],
            )
        return (places[-1] if last else places[0],)
    if are_bytes(rows, places) and could_be_pixels(len(places)):
        return ()
    for is_class in (_count_classes, _few_numbers):
        for place in (places[-1], places[0]):
            if is_class(outer[place]):
                return (place,)
    return ()


def _stands_out(rows: list[list[str]], place: int, places: list[int]) -> bool:
    """Whether a column has values that the features have not."""
    inner = {row[other] for row in rows for other in places[1:-1]}
    return not {row[place] for row in rows} <= inner


def _count_classes(cells: Sequence[str]) -> bool:
    """Whole numbers 0, 1, 2 ... or 1, 2, 3 ... without a gap, fewer than there are rows."""
    if not cells or not all(cell.isdecimal() and cell.isascii() and len(cell) <= 3 for cell in cells):
        return False
    values = {int(cell) for cell in cells}
    return min(values) <= 1 < len(values) < len(cells) and max(values) - min(values) + 1 == len(values)


def _few_numbers(cells: Sequence[str]) -> bool:
    """Few whole numbers close to each other, each several times: -1 and 1, 2 and 4, 3 ... 8."""
    distinct = set(cells)
    if not 2 <= len(distinct) <= min(50, len(cells) // 4) or not all(
        is_number(cell) and "." not in cell for cell in distinct
    ):
        return False
    values = {float(cell) for cell in distinct}
    return all(value % 1 == 0 for value in values) and max(values) - min(values) + 1 <= 2 * len(values)


def _few(cells: Sequence[str]) -> bool:
    """Whether a column looks like classes: words or whole numbers, of few kinds."""
    distinct = set(cells)
    whole = all(is_number(cell) and float(cell) % 1 == 0 for cell in distinct)
    return len(distinct) <= max(50, len(cells) // 10) and (whole or any(map(is_word, distinct)))
