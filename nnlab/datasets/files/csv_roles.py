"""Which column of a table is the label, which are learned from and which left out, guessed where nobody says it."""

from collections.abc import Sequence
from itertools import pairwise

from nnlab.datasets.files.csv_layout import EMPTY, LeftOut
from nnlab.datasets.files.csv_names import (
    LABEL_NAMES,
    LIKELY_NAMES,
    groups_of_classes,
    is_exact_label,
    labels_named,
    may_number_rows,
    names_rows,
    plain_name,
    tells_label,
)
from nnlab.datasets.files.csv_numbers import is_byte, is_date, is_number, is_word, number_of
from nnlab.datasets.files.csv_sample import Sample
from nnlab.datasets.files.reading import could_be_pixels
from nnlab.datasets.words import listed, shown
from nnlab.errors import DatasetError
from nnlab.settings import nearest

SAID = "as dataset.source.exclude says"
# Fewer rows tell nothing about what a column counts.
_ENOUGH = 10
_ENOUGH_TEXT = 20
# More cells than this in a hundred must be bytes, for the rest to be mistakes and not another kind of number.
_PIXEL_PERCENT = 99


def chosen_label(where: str, sample: Sample, wanted: str) -> tuple[int, ...] | None:
    """The columns that dataset.source.label names; none of them for "none", and None for "auto"."""
    wanted = wanted if wanted in sample.names else wanted.strip()
    if wanted in ("auto", ""):
        return None
    if wanted == "none":
        return ()
    if wanted == "first":
        return (0,)
    if wanted == "last":
        empty = {entry.place for entry in _empty(sample)}
        return (max((index for index in range(sample.columns) if index not in empty), default=0),)
    return tuple(_places(where, sample, wanted, "dataset.source.label"))


def guessed_label(sample: Sample) -> tuple[int, ...]:
    """By name, by one column for each class, by words, or by numbers that count classes."""
    names = [plain_name(name) for name in sample.names]
    groups = [group for group in groups_of_classes(names) if _has_single_ones(sample, group)]
    several: tuple[int, ...] = ()
    for known in LABEL_NAMES:
        here = labels_named(names, known)
        if len(here) == 1:
            return here
        # class_1 and class_2 may be features, as on a ship.
        if here and known in ("label", "target"):
            return _together(here, groups)
        several = several or here
    likely = [index for index, name in enumerate(names) if name in LIKELY_NAMES and _few(_column(sample, index))]
    if likely:
        return (likely[-1],)
    if several:
        return _together(several, groups)
    return groups[0] if groups else _one_hot_or_first(sample) or _likeliest(sample)


def _together(labels: tuple[int, ...], groups: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The columns of which each row has a single 1, else the first of the labels."""
    return next((group for group in groups if set(labels) <= set(group)), labels[:1])


def chosen_left_out(where: str, sample: Sample, wanted: str, label: tuple[int, ...]) -> tuple[LeftOut, ...]:
    """The columns that dataset.source.exclude names, those that are guessed among them where it says auto."""
    entries = [entry.strip() for entry in wanted.split(",")]
    found = {entry.place: entry for entry in (guessed_left_out(sample, label) if "auto" in entries else _empty(sample))}
    named = wanted if wanted in sample.names else ", ".join(entry for entry in entries if entry not in ("auto", "none", ""))
    for place in _places(where, sample, named, "dataset.source.exclude") if named else ():
        if place in label:
            raise DatasetError(
                f"{where}: dataset.source.exclude names column {place + 1:,}, which is the label; choose another label"
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
    name = plain_name(sample.names[place]) if sample.names else ""
    is_unnamed = bool(sample.names) and not sample.names[place]
    if name and _names_rows(name, cells):
        return "its name says that it names the rows"
    label_name = plain_name(sample.names[label[0]]) if label and name else ""
    if label_name and tells_label(name, label_name):
        is_sure = is_exact_label(label_name)
        return "tells the label in another way" if is_sure else "may be the label too; choose it with dataset.source.label"
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


def _names_rows(name: str, cells: list[str]) -> bool:
    """Whether a column's name says so, and its whole numbers or words do not deny it."""
    numbers = [number_of(cell) for cell in cells]
    if any(number is not None and number[0] % 1 for number in numbers):
        return False
    return names_rows(name) or (may_number_rows(name) and len(set(cells)) == len(cells))


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


_ZEROS, _ONES = {"0", "0.0", "0.0000"}, {"1", "1.0", "1.0000"}


def _has_single_ones(sample: Sample, group: tuple[int, ...]) -> bool:
    """Whether each row has a single 1 in these columns, and there are rows enough to tell it."""
    return len(sample.full) >= _ENOUGH and all(
        sum(row[place] in _ONES for place in group) == 1
        and all(row[place] in _ZEROS or row[place] in _ONES for place in group)
        for row in sample.full
    )


def _one_hot_or_first(sample: Sample) -> tuple[int, ...]:
    """The last columns, where each row has a single 1 in them; these are features where the first column holds classes."""
    rows = sample.full
    for count in range(3, min(sample.columns, 1000)):
        group = tuple(range(sample.columns - count, sample.columns))
        if not all(row[group[0]] in _ZEROS or row[group[0]] in _ONES for row in rows):
            return ()
        if _has_single_ones(sample, group):
            # A column without a 1 is no class that can be seen.
            has_all = all(any(row[each] in _ONES for row in rows) for each in group)
            return () if not has_all else (0,) if _first_holds_classes(sample, group[0]) else group
    return ()


def _first_holds_classes(sample: Sample, end: int) -> bool:
    """Whether the first column holds classes, and not another number like those before the end."""
    cells = _column(sample, 0)
    are_words = 2 * len(set(cells)) <= len(cells) and all(map(is_word, cells))
    return are_words or (end > 1 and _count_classes(cells) and _stands_out(sample.full, 0, list(range(end + 1))))


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
