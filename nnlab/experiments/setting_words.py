"""Settings and their values in the words of the window's forms: learning rate, 10 %, MNIST."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from nnlab.settings import Description, Settings, describe, kind_of
from nnlab.words import shown

_NAMES = ("Gaussian", "Gibbs")
# Settings that are lists of layers, which are told by themselves.
LAYER_LISTS = ("layers", "branches")
_LONGEST = 200


class SettingRow(NamedTuple):
    """A setting as a form shows it: what it is called there and in files, and what it is."""

    label: str
    name: str
    words: str


def setting_rows(settings: Settings, section: str) -> Iterator[SettingRow]:
    """Those that matter for the present choices, beneath a choice those of the chosen kind."""
    for entry in settings.shown_fields():
        value, description, name = getattr(settings, entry.name), describe(entry), f"{section}.{entry.name}"
        if description.is_list:
            yield SettingRow(description.label, name, _list_words(value, description))
        elif entry.name in LAYER_LISTS or not description.in_form:
            continue
        elif description.kinds:
            yield SettingRow(description.label, name, kind_words(value, description))
            yield from setting_rows(value, name)
        else:
            yield SettingRow(description.label, name, value_with_unit(value, description))


def name_words(title: str) -> str:
    """A title within a sentence: dropout is a word, ReLU and Gaussian are names."""
    first = title.partition(" ")[0]
    return title[:1].lower() + title[1:] if first[1:].islower() and first not in _NAMES else title


def kind_words(value: Settings, description: Description) -> str:
    """A kind as the window's list has it; published data by its title."""
    published = getattr(value, "published", None)
    return published.title if published else kind_of(value, description.kinds or {})


def value_words(value: Any, description: Description, most: int = _LONGEST) -> str:
    """A value without its unit, not longer than that; of a path the last part."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if description.path:
        return text_words(PurePath(value).name, most)
    if isinstance(value, tuple):
        return text_words(", ".join(map(str, value)), most)
    if isinstance(value, int | float) and (word := description.shown_number(value)):
        return word
    if isinstance(value, float):
        return f"{100 * value if description.percent else value:g}"
    return f"{value:,}" if isinstance(value, int) else text_words(value, most)


def value_with_unit(value: Any, description: Description, most: int = _LONGEST) -> str:
    """The same with its unit behind it."""
    unit = "" if stands_for_a_word(value, description) else unit_of(description)
    return f"{value_words(value, description, most)} {unit}".strip()


def stands_for_a_word(value: Any, description: Description) -> bool:
    """Whether it is a 0 that is no amount, and counts nothing."""
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(description.shown_number(value))


def unit_of(description: Description) -> str:
    """What the number counts; "" where it counts nothing."""
    return "%" if description.percent else description.unit


def _list_words(values: Sequence[Any], description: Description) -> str:
    """Each in its own words; those that are switched off say so."""
    found = []
    for value in values:
        words = value.summary() if hasattr(value, "summary") else kind_words(value, description)
        found.append(words if getattr(value, "on", True) else f"{words} (off)")
    return text_words("; ".join(found), _LONGEST)


def text_words(value: object, most: int) -> str:
    """A text in a line; of none that word."""
    return shown(value, most) or "none"
