"""How a CSV file is read, told by its first lines, the settings, and the file that it has to be like."""

import re
from collections.abc import Sequence
from dataclasses import replace

from nnlab.datasets.files.csv_layout import EMPTY, CSVLayout, LeftOut
from nnlab.datasets.files.csv_numbers import is_missing, is_number, is_word, number_of, unquoted
from nnlab.datasets.files.csv_roles import SAID, are_bytes, chosen_label, chosen_left_out, guessed_label, guessed_left_out
from nnlab.datasets.files.csv_sample import Sample, take_apart
from nnlab.datasets.files.given_values import columns_are_values
from nnlab.datasets.files.reading import could_be_pixels
from nnlab.datasets.files.settings import FileSettings
from nnlab.datasets.words import shown
from nnlab.errors import DatasetError
from nnlab.settings import nearest

# Fewer labels than this in a hundred that are words are mistakes among numbers.
_WORD_PERCENT = 10
_PIXEL_NAME = re.compile(r"(pixel|px)[\W_]?\d.*", re.IGNORECASE)
# A whole number whose value is its name.
_PLAIN_LABEL = re.compile(r"-?(0|[1-9]\d*)(\.0*)?", re.ASCII)
_WITHOUT_LABELS = "; or set dataset.source.label = 'none' to learn these numbers without classes"
UNSEEN = "the labels are not looked at"


def guess_layout(
    where: str,
    lines: Sequence[str],
    settings: FileSettings,
    like: CSVLayout | None = None,
    wants_labels: bool = True,
    is_flat: bool = False,
) -> tuple[CSVLayout, int]:
    """The layout, and in how many of the lines the header ends. `like` is that of the training file, for a test file."""
    sample = take_apart(where, lines)
    layout = _roles(where, sample, settings) if like is None else _roles_like(where, sample, settings, like, wants_labels)
    if not wants_labels and layout.label_places:
        unseen = tuple(LeftOut(place, UNSEEN) for place in layout.label_places)
        layout = replace(layout, label=-1, one_hot=(), values=(), left_out=layout.left_out + unseen)
    is_single = layout.label >= 0 and not layout.one_hot and not layout.values
    words = [unquoted(row[layout.label]) for row in sample.full] if is_single else []
    layout = replace(layout, has_words=_are_words(words))
    if layout.features == 0:
        raise DatasetError(f"{where}: {_nothing_to_learn_from(layout)}")
    is_pixels = like.is_pixels if like else _has_pixels(layout, sample, is_flat)
    return replace(layout, is_pixels=is_pixels), sample.start


def _roles(where: str, sample: Sample, settings: FileSettings) -> CSVLayout:
    named = chosen_label(where, sample, settings.label)
    label = guessed_label(sample) if named is None else named
    left_out = chosen_left_out(where, sample, settings.exclude, label)
    return _layout(sample, label, left_out, columns_are_values(sample, label, settings.target, named is not None))


def _nothing_to_learn_from(layout: CSVLayout) -> str:
    """Why, and what a table has that can be learned from."""
    if layout.columns > 1:
        return (
            "has no column to learn from beside the label; is it CSV with commas? "
            "dataset.source.label and dataset.source.exclude say which column is which"
        )
    held, more = ("words", "") if layout.has_words else ("numbers", _WITHOUT_LABELS)
    return (
        f"holds one column of {held}, and no other to tell them by; choose a table with a line for each example: its "
        f"numbers with commas between, and its class, as in 5.1,3.5,setosa{more}"
    )


def _layout(
    sample: Sample,
    label: tuple[int, ...],
    left_out: tuple[LeftOut, ...],
    are_values: bool,
    order: tuple[int, ...] = (),
) -> CSVLayout:
    return CSVLayout(
        sample.delimiter,
        sample.columns,
        sample.names,
        label[0] if label else -1,
        decimal=sample.decimal,
        one_hot=label if len(label) > 1 and not are_values else (),
        values=label if are_values else (),
        left_out=left_out,
        order=order,
    )


def _are_words(cells: list[str]) -> bool:
    """Whether labels are words, or numbers that have a spelling of their own, such as 007 and +1."""
    words = sum(is_word(cell) and not is_missing(cell) for cell in cells)
    spelled = any(is_number(cell) and not _PLAIN_LABEL.fullmatch(cell) and float(cell) % 1 == 0 for cell in cells)
    whole = all(is_number(cell) and float(cell) % 1 == 0 for cell in cells)
    return 100 * words >= _WORD_PERCENT * len(cells) > 0 or (spelled and whole) or _are_truths(cells)


def _are_truths(cells: list[str]) -> bool:
    return bool(cells) and {cell.lower() for cell in cells} <= {"true", "false"}


def _roles_like(where: str, sample: Sample, settings: FileSettings, like: CSVLayout, wants_labels: bool) -> CSVLayout:
    """Columns are known by their names where both files have some, else by their places."""
    if like.names and sample.names and any(like.feature_names):
        return _by_name(where, sample, like, wants_labels)
    return _by_place(where, sample, settings, like, wants_labels)


def _by_name(where: str, sample: Sample, like: CSVLayout, wants_labels: bool) -> CSVLayout:
    wanted = [like.names[place] for place in like.feature_places]
    here = _places_of([like.names[place] for place in (*like.feature_places, *like.label_places)], sample.names)
    missing = [name for name in wanted if name not in here]
    if missing:
        known = [name for name in sample.names if name]
        raise DatasetError(
            f"{where}: has no column '{shown(missing[0], 30)}', from which the model learns; "
            f"{shown(nearest(missing[0], known) if len(known) <= 100 else 'give the columns the names they had', 200)}"
        )
    order = tuple(here[name] for name in wanted)
    labels = [here.get(like.names[place], -1) for place in like.label_places]
    label = tuple(place for place in labels if place not in (*order, -1)) if wants_labels else ()
    label = label if len(label) == len(labels) else ()
    others = (place for place in range(sample.columns) if place not in (*order, *label))
    left_out = tuple(LeftOut(place, "not among the columns that were learned from") for place in others)
    return _layout(sample, label, left_out, bool(like.values), order if list(order) != sorted(order) else ())


def _places_of(wanted: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """Where each name stands that is there: as it is written, else in other letters where one column alone has these."""
    found = {name: names.index(name) for name in wanted if name in names}
    others = [name.lower() for name in names if name not in found]
    rest = [name.lower() for name in wanted if name not in found]
    for name in wanted:
        if name not in found and others.count(name.lower()) == 1 == rest.count(name.lower()):
            found[name] = next(
                index for index, each in enumerate(names) if each not in wanted and each.lower() == name.lower()
            )
    return found


def _by_place(where: str, sample: Sample, settings: FileSettings, like: CSVLayout, wants_labels: bool) -> CSVLayout:
    """The same columns, or all but the label, or the features alone, with the label or without."""
    asked = chosen_label(where, sample, settings.label)
    labels = asked if asked is not None and sample.columns == like.columns else like.label_places
    left = {entry.place: entry for entry in like.left_out}
    everything = list(range(like.columns))
    choices = (
        everything,
        [place for place in everything if place not in labels],
        [place for place in everything if place not in left],
        [place for place in everything if place not in left and place not in labels],
    )
    fitting = [choice for choice in choices if len(choice) == sample.columns]
    if not fitting:
        raise DatasetError(
            f"{where}: has {sample.columns:,} columns, but the training file {like.columns:,}; both must have the same"
        )
    kept = fitting[0] if fitting[0] is everything or not left else _proven(where, sample, like, labels, fitting)
    label = tuple(kept.index(place) for place in labels) if all(place in kept for place in labels) else ()
    left_out = tuple(LeftOut(kept.index(place), entry.why) for place, entry in left.items() if place in kept)
    order = tuple(kept.index(place) for place in like.order) if like.order else ()
    return _layout(sample, label, left_out, bool(like.values), order)


def _proven(where: str, sample: Sample, like: CSVLayout, labels: Sequence[int], choices: list[list[int]]) -> list[int]:
    """The choice of columns that the cells allow, where a file without names lacks some."""
    possible = [kept for kept in choices if _is_possible(sample, like, labels, kept)]
    left = [entry.place for entry in like.left_out]
    # Of columns that a person left out nothing is known.
    if len(possible) > 1 and not any(entry.why == SAID for entry in like.left_out):
        guessed = {entry.place for entry in guessed_left_out(sample, ())}
        possible = [kept for kept in possible if all(place in kept and kept.index(place) in guessed for place in left)]
    if len(possible) != 1:
        raise DatasetError(
            f"{where}: lacks a column, and no header tells whether it is the label or one that is left out; "
            "give it all columns"
        )
    return possible[0]


def _is_possible(sample: Sample, like: CSVLayout, labels: Sequence[int], kept: list[int]) -> bool:
    """Whether the cells can be what these columns of the training file hold."""
    why = {entry.place: entry.why for entry in like.left_out}
    for here, place in enumerate(kept):
        cells = [unquoted(row[here]) for row in sample.full]
        has_decimals = any(_has_decimals(cell, sample.decimal) for cell in cells)
        if place in labels and not like.values:
            # One number everywhere may stand for labels that nobody knows.
            if has_decimals and len(set(cells)) > 1:
                return False
        elif place not in why or place in labels:
            if any(is_word(cell) and not is_missing(cell) for cell in cells):
                return False
        elif not _may_be_left_out(why[place], cells, has_decimals):
            return False
    return True


def _may_be_left_out(why: str, cells: list[str], has_decimals: bool) -> bool:
    if why == SAID:
        return True
    if why == EMPTY:
        return not any(cells)
    return not has_decimals


def _has_decimals(cell: str, decimal: str) -> bool:
    number = number_of(cell, decimal)
    return number is not None and number[0] % 1 != 0


def _has_pixels(layout: CSVLayout, sample: Sample, is_flat: bool) -> bool:
    if not could_be_pixels(layout.features):
        return False
    names = [layout.names[place] for place in layout.feature_places] if layout.names else []
    if names and all(_PIXEL_NAME.fullmatch(name) for name in names):
        return True
    return not is_flat and are_bytes(sample.full, layout.feature_places)
